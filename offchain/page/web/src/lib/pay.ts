/** What brings money into a contract of payments. */

import { executeContract, toBase64, toUtf8, writeJson, type Message } from "@bithive/client";
import type { Hook as CheckoutHook } from "@bithive/client/contracts/checkout";
import type { Hook as EscrowHook } from "@bithive/client/contracts/escrow";
import type { Hook as FlowsHook } from "@bithive/client/contracts/flows";

import type { Asset } from "./assets";
import { toToken } from "./messages";

/** A message that comes with money: coins of the chain lie beside it, tokens carry it as what their receiver is told. @throws ClientError `invalid_address`. */
export function pay(sender: string, contract: string, asset: Asset, units: bigint, message: CheckoutHook | EscrowHook | FlowsHook): Message {
  const [json, amount] = [writeJson(message), units.toString()];
  return "native" in asset
    ? executeContract(sender, contract, json, [{ denom: asset.native, amount }])
    : toToken(sender, asset.cw20, { send: { contract, amount, msg: toBase64(toUtf8(json)) } });
}
