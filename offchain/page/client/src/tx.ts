/** Transactions in SIGN_MODE_DIRECT, as bytes. */

import { sha256 } from "@noble/hashes/sha2.js";

import { checkAddress } from "./address.js";
import { sameBytes, toHex } from "./bytes.js";
import { checkCoins, coinFields, type Message } from "./contract.js";
import { ClientError, invalid, type Coin } from "./errors.js";
import { encodeFields, Message as Fields, type Field } from "./protobuf.js";

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

// The numbers of the fields are those of cosmos-sdk 0.50: cosmos/tx/v1beta1/tx.proto, cosmos/bank/v1beta1/tx.proto.
const SEND = "/cosmos.bank.v1beta1.MsgSend";
const PUBLIC_KEY = "/cosmos.crypto.secp256k1.PubKey";
const SIGN_MODE_DIRECT = 1n;
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
  return { typeUrl: SEND, value: encodeFields([1, from], [2, to], ...coinFields(3, checkCoins("coins", coins))) };
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
  const bodyBytes = encodeBody({
    messages: messages.map(({ typeUrl, value }) => encodeFields([1, typeUrl], [2, value])),
    memo,
    timeoutHeight: context.timeoutHeight ?? 0n,
  });
  const { publicKey, sequence, fee } = context;
  const key = encodeFields([1, PUBLIC_KEY], [2, encodeFields([1, publicKey])]);
  const mode = encodeFields([1, encodeFields([1, SIGN_MODE_DIRECT])]);
  const authInfoBytes = encodeAuth({
    signers: [encodeFields([1, key], [2, mode], [3, sequence])],
    fee: { amount: checkCoins("fee", fee.amount), gasLimit: fee.gasLimit },
  });
  return { bodyBytes, authInfoBytes, chainId: context.chainId, accountNumber: context.accountNumber };
}

/** `TxBody`. */
interface Body {
  messages: Uint8Array[];
  memo: string;
  timeoutHeight: bigint;
}

function encodeBody({ messages, memo, timeoutHeight }: Body): Uint8Array {
  return encodeFields(...messages.map((message): Field => [1, message, "always"]), [2, memo], [3, timeoutHeight]);
}

function decodeBody(bytes: Uint8Array): Body {
  const body = new Fields(bytes);
  return { messages: body.list(1), memo: body.text(2), timeoutHeight: body.integer(3) };
}

/** `AuthInfo`. */
interface Auth {
  signers: Uint8Array[];
  fee: Fee;
}

function encodeAuth({ signers, fee: { amount, gasLimit } }: Auth): Uint8Array {
  const fee = encodeFields(...coinFields(1, amount), [2, gasLimit]);
  return encodeFields(...signers.map((signer): Field => [1, signer, "always"]), [2, fee, "always"]);
}

function decodeAuth(bytes: Uint8Array): Auth {
  const auth = new Fields(bytes);
  const fee = auth.message(2);
  const amount = fee.list(1).map((bytes) => {
    const coin = new Fields(bytes);
    return { denom: coin.text(1), amount: coin.text(2) };
  });
  return { signers: auth.list(1), fee: { amount, gasLimit: fee.integer(2) } };
}

/** The bytes that a signature is over. */
export function signBytes({ bodyBytes, authInfoBytes, chainId, accountNumber }: Document): Uint8Array {
  return encodeFields([1, bodyBytes], [2, authInfoBytes], [3, chainId], [4, accountNumber]);
}

/** A transaction without a valid signature, for simulation. */
export function unsigned({ bodyBytes, authInfoBytes }: Document): Uint8Array {
  return raw({ bodyBytes, authInfoBytes, signature: new Uint8Array() });
}

function raw({ bodyBytes, authInfoBytes, signature }: Signed): Uint8Array {
  return encodeFields([1, bodyBytes], [2, authInfoBytes], [3, signature, "always"]);
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
  if (!sameBytes(encodeBody({ ...body, memo: askedBody.memo }), asked.bodyBytes)) {
    throw changed("a message, or how long it is valid,");
  }
  if (!sameBytes(encodeAuth({ ...auth, fee: askedAuth.fee }), asked.authInfoBytes)) {
    throw changed("key or sequence");
  }
  if (!sameBytes(encodeBody(body), signed.bodyBytes) || !sameBytes(encodeAuth(auth), signed.authInfoBytes)) {
    throw changed("who pays, or a part that is not known here,");
  }
  const bytes = raw(signed);
  return { bytes, hash: txHash(bytes), fee: auth.fee, memo: body.memo };
}

function decode({ bodyBytes, authInfoBytes }: { bodyBytes: Uint8Array; authInfoBytes: Uint8Array }): [Body, Auth] {
  try {
    return [decodeBody(bodyBytes), decodeAuth(authInfoBytes)];
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
