// Uses a chain as a web page with CosmJS would, from a funded account that has signed nothing yet; exit code 1 and the reason
// when something is not as expected. scripts/cosmjs sets what it reads from the environment:
//
//   BITHIVE_RPC         URL of a node
//   BITHIVE_CHAIN_ID    id of its chain
//   BITHIVE_WORDS_FILE  file with the 24 words of the account
//   BITHIVE_ADDRESS     the account's address, as `bithive` shows it
//   BITHIVE_TOKEN       address of a cw20 contract of which the account holds more than 100 units
//   BITHIVE_GAS_PRICE   price of a unit of gas, like 0.025ubee

import { readFileSync } from "node:fs";

import { SigningCosmWasmClient } from "@cosmjs/cosmwasm-stargate";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { GasPrice, SigningStargateClient, calculateFee } from "@cosmjs/stargate";

import { same } from "./check.mjs";
import { coins } from "./coins.mjs";
import { contract } from "./contract.mjs";
import { history } from "./history.mjs";
import { node } from "./node.mjs";

function setting(name) {
  const value = process.env[`BITHIVE_${name}`];
  if (!value) {
    throw new Error(`BITHIVE_${name} is not set; scripts/cosmjs sets it`);
  }
  return value;
}

async function main() {
  const [rpc, chainId, address, token] = ["RPC", "CHAIN_ID", "ADDRESS", "TOKEN"].map(setting);
  const prefix = address.slice(0, address.lastIndexOf("1"));
  const gasPrice = GasPrice.fromString(setting("GAS_PRICE"));
  const words = readFileSync(setting("WORDS_FILE"), "utf8").trim();
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(words, { prefix });
  const [account] = await wallet.getAccounts();
  same("the words are those of the address", account.address, address);
  const options = { gasPrice, broadcastPollIntervalMs: 200 };
  const stargate = await SigningStargateClient.connectWithSigner(rpc, wallet, options);
  const wasm = await SigningCosmWasmClient.connectWithSigner(rpc, wallet, { broadcastPollIntervalMs: 200 });
  const comet = stargate.getCometClient();
  const fee = (gas) => calculateFee(Math.ceil(gas * 1.4), gasPrice);
  await node({ client: stargate, comet, rpc, chainId });
  const { to, sent } = await coins({
    client: stargate, wallet, address, denom: gasPrice.denom, prefix, chainId, fee,
  });
  const { done, two } = await contract({ client: wasm, address, token, fee, to });
  await history({ client: stargate, comet, rpc, address, sent, done, two });
}

await main();
