// A contract: a cw20 token is asked, called, called wrongly, and looked for where it is not.

import { fromUtf8, toUtf8 } from "@cosmjs/encoding";
import { MsgExecuteContract } from "cosmjs-types/cosmwasm/wasm/v1/tx";

import { holds, refused, same } from "./check.mjs";

export async function contract({ client, address, token, fee, to }) {
  const balance = async (of) => BigInt((await client.queryContractSmart(token, { balance: { address: of } })).balance);
  const about = await client.getContract(token);
  holds("the token is a contract", about.address === token && about.codeId > 0, about.label);
  const { symbol } = await client.queryContractSmart(token, { token_info: {} });
  const stored = await client.queryContractRaw(token, toUtf8("token_info"));
  same("what it stores is what it says", JSON.parse(fromUtf8(stored)).symbol, symbol);
  const before = await balance(address);
  holds("the account has tokens", before > 100n, before);

  const transfer = (amount) => ({ transfer: { recipient: to, amount: String(amount) } });
  const message = (msg) => ({
    typeUrl: "/cosmwasm.wasm.v1.MsgExecuteContract",
    value: MsgExecuteContract.fromPartial({ sender: address, contract: token, msg: toUtf8(JSON.stringify(msg)) }),
  });
  const gas = await client.simulate(address, [message(transfer(30))], "");
  const done = await client.execute(address, token, transfer(30), fee(gas));
  const event = done.events.find(({ type }) => type === "wasm");
  same("a call says what it did", event.attributes.find(({ key }) => key === "amount").value, "30");
  same("and whose it is", event.attributes.find(({ key }) => key === "_contract_address").value, token);
  const calls = [2, 3].map((amount) => ({ contractAddress: token, msg: transfer(amount) }));
  const two = await client.executeMultiple(address, calls, fee(gas * 2));
  same("two calls in one transaction", two.events.filter(({ type }) => type === "wasm").length, 2);
  same("the tokens are there", [await balance(to), before - (await balance(address))], [35n, 35n]);

  const much = transfer(before);
  await refused("a simulation of what a contract refuses", client.simulate(address, [message(much)], ""),
    /execute wasm contract failed/);
  const { sequence } = await client.getAccount(address);
  await refused("a transaction that a contract refuses", client.execute(address, token, much, fee(gas)),
    /Code: 5; .*execute wasm contract failed/s);
  same("it is in a block all the same", (await client.getAccount(address)).sequence, sequence + 1);
  await refused("a question that a contract does not know", client.queryContractSmart(token, { nonsense: {} }),
    /nonsense.*query wasm contract failed/s);
  await refused("a contract that is none", client.queryContractSmart(to, { token_info: {} }), /no such contract/);
  await refused("and what it is", client.getContract(to), /no such contract/);
  return { done, two };
}
