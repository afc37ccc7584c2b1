// A wallet of Keplr's form in a tab, whose key is here, outside of the page: it signs what it is given, or says no.
import { secp256k1 } from "@noble/curves/secp256k1.js";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const base64 = (data) => Buffer.from(data).toString("base64");

function field(number, data) {
  const length = [];
  for (let left = data.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) {
      return Uint8Array.from([(number << 3) | 2, ...length, ...data]);
    }
  }
}

function integer(number, value) {
  const all = [number << 3];
  for (let left = BigInt(value); ; left >>= 7n) {
    all.push(Number(left > 127n ? (left & 127n) | 128n : left));
    if (left <= 127n) {
      return BigInt(value) === 0n ? new Uint8Array() : Uint8Array.from(all);
    }
  }
}

/** `SignDoc`: 1 body, 2 auth info, 3 chain id, 4 account number. */
function signDoc({ body, auth, chainId, accountNumber }) {
  return Buffer.concat([field(1, bytes(body)), field(2, bytes(auth)), field(3, new TextEncoder().encode(chainId)), integer(4, accountNumber)]);
}

/** The bytes of ADR-36, as `src/wallet/wallet.ts` has them. */
function arbitrary(address, text) {
  return new TextEncoder().encode(JSON.stringify({
    account_number: "0", chain_id: "", fee: { amount: [], gas: "0" }, memo: "",
    msgs: [{ type: "sign/MsgSignData", value: { data: Buffer.from(text).toString("base64"), signer: address } }], sequence: "0",
  }));
}

/** Puts `window.keplr` into a tab. What is given back has `answer`: "sign" or "reject"; and `seen`, what it was asked. */
export async function keplr(page, { address, private_key: hex }) {
  const secret = bytes(hex);
  const key = secp256k1.getPublicKey(secret, true);
  const wallet = { answer: "sign", seen: [] };
  await page.exposeFunction("walletOfTheTest", (call, asked) => {
    wallet.seen.push(call);
    if (wallet.answer === "reject") {
      return { rejected: true };
    }
    const message = call === "signDirect" ? signDoc(asked) : arbitrary(address, asked);
    return { key: base64(key), signature: base64(secp256k1.sign(message, secret)) };
  });
  await page.evaluateOnNewDocument((account, publicKey) => {
    const hexOf = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const ask = async (call, asked) => {
      const answer = await globalThis.walletOfTheTest(call, asked);
      if (answer.rejected) {
        throw new Error("Request rejected");
      }
      return answer;
    };
    globalThis.keplr = {
      async experimentalSuggestChain() {},
      async enable() {},
      async getKey() {
        return { bech32Address: account, pubKey: Uint8Array.from(publicKey), isNanoLedger: false };
      },
      async signDirect(chainId, signer, document) {
        const { bodyBytes, authInfoBytes, accountNumber } = document;
        const asked = { body: hexOf(bodyBytes), auth: hexOf(authInfoBytes), chainId: document.chainId, accountNumber: accountNumber.toString() };
        const { key, signature } = await ask("signDirect", asked);
        return { signed: document, signature: { pub_key: { value: key }, signature } };
      },
      async signArbitrary(chainId, signer, text) {
        const { key, signature } = await ask("signArbitrary", text);
        return { pub_key: { value: key }, signature };
      },
    };
  }, address, [...key]);
  return wallet;
}
