// Signing as Keplr does it: secp256k1 over SHA-256, documents in SIGN_MODE_DIRECT, texts in the form of ADR-36.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import { base64, bech32 } from "@scure/base";
import { AuthInfo, SignDoc, TxBody } from "cosmjs-types/cosmos/tx/v1beta1/tx";

/** The account of a private key on a chain whose addresses begin with `prefix`. */
export function account(hex, prefix) {
  const secret = hexToBytes(hex);
  const publicKey = secp256k1.getPublicKey(secret, true);
  return { secret, publicKey, address: bech32.encode(prefix, bech32.toWords(ripemd160(sha256(publicKey)))) };
}

function signature({ secret, publicKey }, bytes) {
  const key = { type: "tendermint/PubKeySecp256k1", value: base64.encode(publicKey) };
  return { pub_key: key, signature: base64.encode(secp256k1.sign(bytes, secret)) };
}

/** Fee and memo as the user of the wallet has set them in its window. */
function edited({ bodyBytes, authInfoBytes }, edits) {
  if (edits === undefined) {
    return { bodyBytes, authInfoBytes };
  }
  const [body, auth] = [TxBody.decode(bodyBytes), AuthInfo.decode(authInfoBytes)];
  body.memo = edits.memo;
  auth.fee.amount = auth.fee.amount.map(({ denom, amount }) => ({ denom, amount: String(BigInt(amount) * BigInt(edits.feeTimes)) }));
  return { bodyBytes: TxBody.encode(body).finish(), authInfoBytes: AuthInfo.encode(auth).finish() };
}

/** Signs a document. `lie` is what a wallet does that can't be trusted. */
export function signDirect(known, document, edits, lie) {
  const { bodyBytes, authInfoBytes } = edited(document, edits);
  const signed = { bodyBytes, authInfoBytes, chainId: document.chainId, accountNumber: document.accountNumber.toString() };
  if (lie === "another message") {
    const body = TxBody.decode(bodyBytes);
    signed.bodyBytes = TxBody.encode({ ...body, messages: [...body.messages, ...body.messages] }).finish();
  }
  const chainId = lie === undefined || lie === "another message" ? signed.chainId : "another-1";
  const bytes = SignDoc.encode(SignDoc.fromPartial({ ...signed, chainId, accountNumber: BigInt(signed.accountNumber) })).finish();
  if (lie === "another chain") {
    signed.chainId = chainId;
  }
  return { signed, signature: signature(known, bytes) };
}

/** Signs a text. */
export function signArbitrary(known, data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const value = { data: base64.encode(bytes), signer: known.address };
  const document = {
    account_number: "0", chain_id: "", fee: { amount: [], gas: "0" }, memo: "", msgs: [{ type: "sign/MsgSignData", value }], sequence: "0",
  };
  return signature(known, new TextEncoder().encode(JSON.stringify(document)));
}
