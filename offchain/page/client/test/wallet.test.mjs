// @ts-check
/** Wallets of Keplr's form. The one here signs with a development key and does what a test wants. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ClientError, assemble, connectKeplr, document, sendCoins, suggestion } from "@bithive/client";
import { DevelopmentKey } from "@bithive/client/development-key";

const CHAIN = { chainId: "chain-1", name: "Hive", rpc: "http://localhost/rpc", rest: "http://localhost/rest", feeDenom: "ubee", feeSymbol: "BEE", feeDecimals: 6, gasPrice: 0.025 };

/** `window.keplr` around a key. @param {DevelopmentKey} first */
function wallet(first) {
  let key = first;
  /** @type {string[]} */
  const calls = [];
  return {
    calls,
    flags: {},
    choose: (/** @type {DevelopmentKey} */ other) => { key = other; },
    experimentalSuggestChain: async () => { calls.push("suggest"); },
    enable: async (/** @type {string} */ chainId) => { calls.push(`enable ${chainId}`); },
    async getKey() {
      const { address, publicKey } = await key.getAccount();
      return { bech32Address: address, pubKey: publicKey, ...this.flags };
    },
    /** @param {string} chainId @param {string} signer @param {any} asked */
    async signDirect(chainId, signer, asked) {
      // As Keplr does before it sends the document to its extension.
      const accountNumber = asked.accountNumber ? asked.accountNumber.toString() : null;
      calls.push(`sign ${chainId} ${accountNumber}`);
      const { signature } = await key.signDirect(signer, { ...asked, accountNumber: BigInt(accountNumber) });
      const { publicKey } = await key.getAccount();
      return {
        signed: { ...asked, accountNumber: { toString: () => accountNumber } },
        signature: { pub_key: { value: Buffer.from(publicKey).toString("base64") }, signature: Buffer.from(signature).toString("base64") },
      };
    },
  };
}

/** @param {DevelopmentKey} key */
async function asked(key, accountNumber = 7n) {
  const { publicKey } = await key.getAccount();
  const message = sendCoins(key.address, key.address, [{ denom: "ubee", amount: "1" }]);
  return document([message], { chainId: "chain-1", accountNumber, sequence: 0n, publicKey, fee: { amount: [], gasLimit: 9n } });
}

/** @param {string} kind */
function fails(kind) {
  return (/** @type {unknown} */ error) => {
    assert(error instanceof ClientError, String(error));
    assert.deepEqual([error.kind, error.spent], [kind, "nothing"], error.message);
    return true;
  };
}

test("an account number of 0 reaches the wallet, and what it signs is the key's own signature", async () => {
  const key = DevelopmentKey.generate();
  const keplr = wallet(key);
  const signer = await connectKeplr(keplr, CHAIN);
  for (const number of [0n, 7n, 2n ** 64n - 1n]) {
    const doc = await asked(key, number);
    assert.deepEqual(assemble(doc, await signer.signDirect(key.address, doc)), assemble(doc, await key.signDirect(key.address, doc)));
  }
  assert.deepEqual(keplr.calls, ["suggest", "enable chain-1", "sign chain-1 0", "sign chain-1 7", "sign chain-1 18446744073709551615"]);
});

test("absent, refusing and hardware wallets have errors of their own", async () => {
  const key = DevelopmentKey.generate();
  await assert.rejects(connectKeplr(undefined, CHAIN), fails("wallet_missing"));
  const refusing = wallet(key);
  refusing.enable = async () => { throw new Error("Request rejected"); };
  await assert.rejects(connectKeplr(refusing, CHAIN), fails("wallet_rejected"));
  refusing.enable = async () => { throw new Error("There is no modular chain info for chain-1"); };
  await assert.rejects(connectKeplr(refusing, CHAIN), fails("wallet_failed"));
  const ledger = wallet(key);
  ledger.flags = { isNanoLedger: true };
  await assert.rejects(connectKeplr(ledger, CHAIN), fails("wallet_signs_amino_only"));
  const strange = wallet(key);
  strange.flags = { bech32Address: DevelopmentKey.generate().address };
  await assert.rejects(connectKeplr(strange, CHAIN), fails("wallet_failed"));

  const keplr = wallet(key);
  const signer = await connectKeplr(keplr, CHAIN);
  keplr.signDirect = async () => { throw new Error("Request rejected"); };
  await assert.rejects(signer.signDirect(key.address, await asked(key)), fails("wallet_rejected"));
});

test("another key and another document are noticed before anything is sent", async () => {
  const [key, other] = [DevelopmentKey.generate(), DevelopmentKey.generate()];
  const keplr = wallet(key);
  const signer = await connectKeplr(keplr, CHAIN);
  const doc = await asked(key);
  keplr.choose(other);
  await assert.rejects(signer.signDirect(key.address, doc), fails("wallet_key_changed"));
  keplr.choose(key);
  const sign = keplr.signDirect.bind(keplr);
  keplr.signDirect = async (...args) => {
    const answer = await sign(...args);
    const { publicKey } = await other.getAccount();
    return { ...answer, signature: { ...answer.signature, pub_key: { value: Buffer.from(publicKey).toString("base64") } } };
  };
  await assert.rejects(signer.signDirect(key.address, doc), fails("wallet_key_changed"));
  for (const change of [{ chainId: "chain-2" }, { accountNumber: { toString: () => "8" } }]) {
    keplr.signDirect = async (...args) => {
      const answer = await sign(...args);
      return { ...answer, signed: { ...answer.signed, ...change } };
    };
    await assert.rejects(signer.signDirect(key.address, doc), fails("wallet_changed_transaction"));
  }
});

test("a chain is suggested in the form that Keplr checks", () => {
  assert.deepEqual(suggestion(CHAIN), {
    chainId: "chain-1", chainName: "Hive", rpc: "http://localhost/rpc", rest: "http://localhost/rest",
    bip44: { coinType: 118 },
    bech32Config: {
      bech32PrefixAccAddr: "bithive", bech32PrefixAccPub: "bithivepub", bech32PrefixValAddr: "bithivevaloper",
      bech32PrefixValPub: "bithivevaloperpub", bech32PrefixConsAddr: "bithivevalcons", bech32PrefixConsPub: "bithivevalconspub",
    },
    currencies: [{ coinDenom: "BEE", coinMinimalDenom: "ubee", coinDecimals: 6 }],
    feeCurrencies: [{ coinDenom: "BEE", coinMinimalDenom: "ubee", coinDecimals: 6, gasPriceStep: { low: 0.025, average: 0.025, high: 0.05 } }],
    features: ["cosmwasm"],
  });
});
