/** Transactions in SIGN_MODE_DIRECT, as bytes. */

import { sha256 } from "@noble/hashes/sha2.js";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

import { checkAddress } from "./address.js";
import { sameBytes, toHex } from "./bytes.js";
import { checkCoins, type Message } from "./contract.js";
import { ClientError, invalid, type Coin } from "./errors.js";
import { encode } from "./protobuf.js";

/** What a transaction pays. */
export interface Fee {
  amount: readonly Coin[];
  gasLimit: bigint;
}

/** What a signature covers beside the messages. */
export interface TxContext {
  chainId: string;
  accountNumber: bigint;
  sequence: bigint;
  /** Compressed secp256k1 key, 33 bytes. */
  publicKey: Uint8Array;
  fee: Fee;
  memo?: string | undefined;
  /** Last height at which a block may include it; 0 for no limit. */
  timeoutHeight?: bigint | undefined;
}

/** What a wallet signs. */
export interface Document {
  bodyBytes: Uint8Array;
  authInfoBytes: Uint8Array;
  chainId: string;
  accountNumber: bigint;
}

/** What a wallet gives back: the bytes that it has signed, which may not be those that it was given. */
export interface Signed {
  bodyBytes: Uint8Array;
  authInfoBytes: Uint8Array;
  /** 64 bytes: r, then s. */
  signature: Uint8Array;
}

/** A signed transaction. */
export interface SignedTx {
  bytes: Uint8Array;
  /** SHA-256 of the bytes in upper-case hex, by which chains know it. */
  hash: string;
  /** What it pays. */
  fee: Fee;
  memo: string;
}

const PUBLIC_KEY = "/cosmos.crypto.secp256k1.PubKey";
/** Most characters of a memo that the Cosmos SDK takes by default. */
const MAX_MEMO = 256;

/**
 * A message that sends native coins.
 *
 * @throws ClientError `invalid_address`, `invalid_input`.
 */
export function sendCoins(from: string, to: string, coins: readonly Coin[]): Message {
  checkAddress(from);
  checkAddress(to);
  const message = MsgSend.fromPartial({ fromAddress: from, toAddress: to, amount: checkCoins("coins", coins) });
  return { typeUrl: MsgSend.typeUrl, value: encode(MsgSend, message) };
}

/**
 * The document that is signed for `messages`.
 *
 * @throws ClientError `invalid_input`.
 */
export function document(messages: readonly Message[], context: TxContext): Document {
  if (messages.length === 0) {
    throw invalid("messages", "none, expected at least one");
  }
  const memo = context.memo ?? "";
  if (new TextEncoder().encode(memo).length > MAX_MEMO) {
    throw invalid("memo", `more than ${MAX_MEMO} bytes`);
  }
  const bodyBytes = encode(TxBody, TxBody.fromPartial({
    messages: [...messages],
    memo,
    timeoutHeight: context.timeoutHeight ?? 0n,
  }));
  return {
    bodyBytes,
    authInfoBytes: authInfo(context),
    chainId: context.chainId,
    accountNumber: context.accountNumber,
  };
}

function authInfo({ publicKey, sequence, fee }: TxContext): Uint8Array {
  const key = encode(PubKey, PubKey.fromPartial({ key: publicKey }));
  return encode(AuthInfo, AuthInfo.fromPartial({
    signerInfos: [{
      publicKey: { typeUrl: PUBLIC_KEY, value: key },
      modeInfo: { single: { mode: SignMode.SIGN_MODE_DIRECT } },
      sequence,
    }],
    fee: { amount: checkCoins("fee", fee.amount), gasLimit: fee.gasLimit },
  }));
}

/** The bytes that a signature is over. */
export function signBytes({ bodyBytes, authInfoBytes, chainId, accountNumber }: Document): Uint8Array {
  return encode(SignDoc, SignDoc.fromPartial({ bodyBytes, authInfoBytes, chainId, accountNumber }));
}

/** A transaction without a valid signature, for simulation. */
export function unsigned({ bodyBytes, authInfoBytes }: Document): Uint8Array {
  return raw({ bodyBytes, authInfoBytes, signature: new Uint8Array() });
}

function raw({ bodyBytes, authInfoBytes, signature }: Signed): Uint8Array {
  return encode(TxRaw, TxRaw.fromPartial({ bodyBytes, authInfoBytes, signatures: [signature] }));
}

/** The name of a transaction: SHA-256 of its bytes, in upper-case hex. */
export function txHash(bytes: Uint8Array): string {
  return toHex(sha256(bytes)).toUpperCase();
}

/**
 * The transaction that a wallet has signed. Wallets let their users change fee and memo; everything else has to be what
 * they were asked to sign.
 *
 * @throws ClientError `wallet_changed_transaction` names what differs.
 */
export function assemble(asked: Document, signed: Signed): SignedTx {
  const changed = (part: string) => new ClientError({ kind: "wallet_changed_transaction", part });
  if (signed.signature.length !== 64) {
    throw changed(`the signature, of ${signed.signature.length} bytes instead of 64,`);
  }
  const [body, auth] = decode(signed);
  const [askedBody, askedAuth] = decode(asked);
  // Written anew with what may differ as it was asked for: unknown fields and other forms show, too.
  if (!sameBytes(encode(TxBody, { ...body, memo: askedBody.memo }), asked.bodyBytes)) {
    throw changed("a message, or how long it is valid,");
  }
  if (!sameBytes(encode(TxBody, body), signed.bodyBytes) || !sameBytes(encode(AuthInfo, auth), signed.authInfoBytes)) {
    throw changed("a part that is not known here");
  }
  const { amount, gasLimit } = auth.fee ?? { amount: [], gasLimit: 0n };
  const fee = { amount, gasLimit, payer: "", granter: "" };
  if (!sameBytes(encode(AuthInfo, { ...askedAuth, fee }), signed.authInfoBytes)) {
    throw changed("key, sequence or payer");
  }
  const bytes = raw(signed);
  return { bytes, hash: txHash(bytes), fee: { amount, gasLimit }, memo: body.memo };
}

function decode({ bodyBytes, authInfoBytes }: { bodyBytes: Uint8Array; authInfoBytes: Uint8Array }): [TxBody, AuthInfo] {
  try {
    return [TxBody.decode(bodyBytes), AuthInfo.decode(authInfoBytes)];
  } catch {
    throw new ClientError({ kind: "wallet_changed_transaction", part: "its form" });
  }
}

/** The fee for `gasLimit` units of gas at a price like `0.025`, rounded up. */
export function feeFor(gasLimit: bigint, price: string, denom: string): Fee {
  const found = /^([0-9]{1,20})(?:\.([0-9]{1,18}))?$/.exec(price);
  if (found === null) {
    throw invalid("gasPrice", `${JSON.stringify(price.slice(0, 64))}, expected a decimal number like 0.025`);
  }
  const [, whole = "", part = ""] = found;
  const scale = 10n ** BigInt(part.length);
  const amount = (gasLimit * BigInt(whole + part) + scale - 1n) / scale;
  return { amount: amount === 0n ? [] : [{ denom, amount: amount.toString() }], gasLimit };
}
