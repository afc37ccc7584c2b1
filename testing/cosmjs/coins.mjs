// Coins for fees: balances, accounts, simulation, transfers, and transactions that are refused.

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { toBase64 } from "@cosmjs/encoding";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

import { holds, refused, same } from "./check.mjs";

export async function coins({ client, wallet, address, denom, prefix, chainId, fee }) {
  const amountOf = async (of) => BigInt((await client.getBalance(of, denom)).amount);
  const before = await amountOf(address);
  holds("the account has coins", before > 0n, before);
  same("and that is all it has", await client.getAllBalances(address), [{ denom, amount: String(before) }]);
  const account = await client.getAccount(address);
  same("it has signed nothing yet", [account.address, account.pubkey, account.sequence], [address, null, 0]);
  const stranger = await DirectSecp256k1HdWallet.generate(24, { prefix });
  const [{ address: to }] = await stranger.getAccounts();
  same("nobody's account", await client.getAccount(to), null);

  const amount = [{ denom, amount: "7" }];
  const send = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: { fromAddress: address, toAddress: to, amount } };
  const gas = await client.simulate(address, [send], "");
  holds("a simulation costs gas", gas > 0, gas);
  const sent = await client.sendTokens(address, to, amount, "auto");
  same("a transfer is in a block", [sent.code, sent.gasUsed <= sent.gasWanted], [0, true]);
  const event = sent.events.find(({ type, attributes }) =>
    type === "transfer" && attributes.some(({ key, value }) => key === "recipient" && value === to));
  holds("with its event", event !== undefined, event?.type);
  same("the coins are there", await amountOf(to), 7n);
  const paid = before - 7n - (await amountOf(address));
  holds("the fee is paid", paid > 0n, paid);
  const [{ pubkey }] = await wallet.getAccounts();
  const known = await client.getAccount(address);
  same("the chain knows the key now", [known.pubkey.type, known.pubkey.value, known.sequence],
    ["tendermint/PubKeySecp256k1", toBase64(pubkey), 1]);

  const limit = fee(gas);
  const sign = async (data) => TxRaw.encode(await client.sign(address, [send], limit, "", data)).finish();
  const data = { accountNumber: known.accountNumber, sequence: known.sequence, chainId };
  const ahead = await refused("a sequence ahead", client.broadcastTx(await sign({ ...data, sequence: 9 })),
    /account sequence mismatch, expected 1, got 9/);
  same("by its code", [ahead.codespace, ahead.code], ["sdk", 32]);
  const other = await refused("another chain's id", client.broadcastTx(await sign({ ...data, chainId: "other-1" })),
    /signature verification failed/);
  same("by its code", [other.codespace, other.code], ["sdk", 4]);
  const poor = { ...limit, amount: [{ denom, amount: "1" }] };
  const cheap = TxRaw.encode(await client.sign(address, [send], poor, "", data)).finish();
  const low = await refused("a fee too low", client.broadcastTx(cheap), /insufficient fee/);
  same("by its code", [low.codespace, low.code], ["sdk", 13]);
  same("nothing of that changed the account", (await client.getAccount(address)).sequence, 1);

  const bytes = await sign(data);
  same("the same with the right sequence", (await client.broadcastTx(bytes)).code, 0);
  await refused("the same bytes again", client.broadcastTx(bytes), /already exists in cache|sequence mismatch/);
  return { to, sent };
}
