// @ts-check
/** Sending: what is spent, what is sent twice, and what is never sent. The node here fails as nodes do. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountInfoResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";

import { Chain, ClientError, SendingAccount, document, sendCoins, txHash } from "@bithive/client";
import { Messages } from "@bithive/client/contracts/jobs";
import { DevelopmentKey } from "@bithive/client/development-key";
import { encodeBech32 } from "../dist/address.js";
import { Fault, serve } from "./node.mjs";

const CONTRACT = encodeBech32("bithive", new Uint8Array(32).fill(7));
const CHAIN = "chain-1";

/** @param {Uint8Array} value */
function abci(value) {
  return { response: { code: 0, log: "", value: Buffer.from(value).toString("base64"), codespace: "", height: "0" } };
}

/**
 * A chain of one account, and an account on it.
 * @param {import("node:test").TestContext} t
 * @param {{ gas?: bigint, take?: (bytes: Uint8Array, times: number) => any, result?: object, drop?: (times: number) => boolean, simulated?: any }} behaviour
 *   `take`: what broadcasting says, and null for taking it into a block; `drop`: whether the answer to it gets lost.
 */
async function network(t, { gas = 100_000n, take = () => null, result = {}, drop = () => false, simulated } = {}) {
  /** @type {Map<string, string>} */
  const blocks = new Map();
  /** @type {Uint8Array[]} */
  const offered = [];
  let sequence = 3n;
  const node = await serve(t, {
    status: () => ({ node_info: { network: CHAIN }, sync_info: { latest_block_height: "1", latest_block_time: "2026-01-01T00:00:00Z", catching_up: false } }),
    abci_query: ({ params }) => {
      if (params.path.endsWith("AccountInfo")) {
        const info = BaseAccount.fromPartial({ address: key.address, accountNumber: 2n ** 40n, sequence });
        return abci(QueryAccountInfoResponse.encode({ info }).finish());
      }
      assert(params.path.endsWith("Simulate"));
      return simulated ?? abci(SimulateResponse.encode(SimulateResponse.fromPartial({ gasInfo: { gasUsed: gas } })).finish());
    },
    broadcast_tx_sync: ({ params }) => {
      const bytes = Buffer.from(params.tx, "base64");
      offered.push(bytes);
      const said = take(bytes, offered.length);
      if (said === null || said === undefined) {
        blocks.set(txHash(bytes), params.tx);
        sequence += 1n;
      }
      return said ?? { code: 0, log: "", codespace: "", hash: txHash(bytes) };
    },
    tx: ({ params }) => {
      const hash = Buffer.from(params.hash, "base64").toString("hex").toUpperCase();
      const tx = blocks.get(hash);
      return tx === undefined
        ? new Fault(`tx (${hash}) not found`)
        : { hash, height: "9", tx, tx_result: { code: 0, log: "", gas_wanted: "5", gas_used: "4", events: null, codespace: "", ...result } };
    },
  }, { raw: (asked, response) => {
    // The request arrives and does what it does; only its answer is lost.
    if (asked.method === "broadcast_tx_sync" && drop(offered.length + 1)) {
      const bytes = Buffer.from(asked.params.tx, "base64");
      offered.push(bytes);
      if (take(bytes, offered.length) === null) {
        blocks.set(txHash(bytes), asked.params.tx);
        sequence += 1n;
      }
      response.destroy();
      return true;
    }
    return false;
  } });
  const key = DevelopmentKey.generate();
  const chain = await Chain.connect(node.url, { chainId: CHAIN });
  const account = await SendingAccount.connect(chain, key, { confirm: 300, poll: 10 });
  const message = new Messages(account.address, CONTRACT).cancel({ job_id: 5n });
  return { node, key, chain, account, message, offered, blocks };
}

/** @param {string} kind @param {string} spent @param {RegExp} words */
function fails(kind, spent, words = /./) {
  return (/** @type {unknown} */ error) => {
    assert(error instanceof ClientError, String(error));
    assert.deepEqual([error.kind, error.spent], [kind, spent], error.message);
    assert.match(error.message, words);
    return true;
  };
}

test("a transaction is simulated, signed, sent once and waited for", async (t) => {
  const events = [{ type: "wasm-job_cancelled", attributes: [{ key: "_contract_address", value: CONTRACT }, { key: "job_id", value: "5", index: true }] }];
  const { account, message, offered } = await network(t, { result: { events } });
  const receipt = await account.send([message], { memo: "note" });
  assert.equal(offered.length, 1);
  const raw = TxRaw.decode(offered[0] ?? new Uint8Array());
  const [body, auth] = [TxBody.decode(raw.bodyBytes), AuthInfo.decode(raw.authInfoBytes)];
  assert.equal(body.memo, "note");
  assert.deepEqual([auth.fee?.gasLimit, auth.fee?.amount], [130_000n, [{ denom: "ubee", amount: "3250" }]], "13/10 of what was simulated, at 0.025");
  assert.equal(auth.signerInfos[0]?.sequence, 3n);
  assert.equal(raw.signatures[0]?.length, 64);
  assert.deepEqual([receipt.hash, receipt.height, receipt.changedByWallet], [txHash(offered[0] ?? new Uint8Array()), 9n, false]);
  assert.deepEqual(receipt.events.map(({ kind }) => kind), ["wasm-job_cancelled"]);
});

test("two at once take two sequences", async (t) => {
  const { account, message, offered } = await network(t);
  await Promise.all([account.send([message]), account.send([message])]);
  const sequences = offered.map((bytes) => AuthInfo.decode(TxRaw.decode(bytes).authInfoBytes).signerInfos[0]?.sequence);
  assert.deepEqual(sequences, [3n, 4n]);
});

for (const [code, codespace, log, kind, words] of /** @type {const} */ ([
  [32, "sdk", "account sequence mismatch, expected 5, got 3: incorrect account sequence", "sequence_mismatch", /is 3, expected 5/],
  [13, "sdk", "insufficient fees; got: 3250ubee required: 9000ubee: insufficient fee", "insufficient_fee", /3250ubee.*9000ubee/],
  [5, "sdk", "spendable balance 7ubee is smaller than 2500ubee: insufficient funds", "insufficient_funds", /holds 7ubee, needs 2500ubee/],
  [4, "sdk", "signature verification failed; please verify account number (3): unauthorized", "bad_signature", /chain-1/],
  [20, "sdk", "mempool is full", "node_down", /mempool/],
  [9, "other", "something", "invalid_tx", /something \(other 9\)/],
])) {
  test(`a refusal by the node's mempool spends nothing: ${kind}`, async (t) => {
    const { account, message, offered } = await network(t, { take: (bytes) => ({ code, codespace, log, hash: txHash(bytes) }) });
    await assert.rejects(account.send([message]), fails(kind, "nothing", words));
    assert.equal(offered.length, 1, "it is not sent again");
  });
}

test("what a simulation refuses is never signed", async (t) => {
  const log = "rpc error: code = Unknown desc = failed to execute message; message index: 1: dispatch: submessages: No money: execute wasm contract failed [keeper.go:1] with gas used: '1': unknown request";
  const { account, message, offered, key } = await network(t, { simulated: { response: { code: 6, codespace: "sdk", log, value: null } } });
  let signed = 0;
  const sign = key.signDirect.bind(key);
  key.signDirect = (...args) => { signed += 1; return sign(...args); };
  await assert.rejects(account.send([message, message]), (/** @type {any} */ error) => {
    assert.deepEqual(error.problem, { kind: "contract_refused", message: 1, contract: CONTRACT, error: "No money" });
    assert.equal(error.spent, "nothing");
    return true;
  });
  assert.deepEqual([signed, offered.length], [0, 0]);
});

test("a message that fails in a block has cost the fee", async (t) => {
  const { account, message } = await network(t, {
    result: { code: 5, codespace: "wasm", log: "failed to execute message; message index: 0: Not yours: execute wasm contract failed" },
  });
  await assert.rejects(account.send([message]), fails("contract_refused", "fee", /the contract refuses: Not yours\. The fee was spent/));
});

test("a server that claims much gas empties no account", async (t) => {
  const { account, message, offered } = await network(t, { gas: 100_000_001n });
  await assert.rejects(account.send([message]), fails("gas_above_cap", "nothing"));
  assert.equal(offered.length, 0);
  const edge = await network(t, { gas: 100_000_000n });
  assert.equal((await edge.account.simulate([edge.message])).gasLimit, 100_000_000n);
});

test("a lost answer is followed by the same bytes, and no refusal is believed then", async (t) => {
  const inBlock = await network(t, {
    drop: (times) => times === 1,
    take: (bytes, times) => (times === 1 ? null : { code: 32, codespace: "sdk", log: "expected 4, got 3: incorrect account sequence", hash: txHash(bytes) }),
  });
  assert.equal((await inBlock.account.send([inBlock.message])).height, 9n);
  assert.deepEqual(inBlock.offered[0], inBlock.offered[1]);
  assert.equal(inBlock.offered.length, 2);

  const arrivedLater = await network(t, { drop: (times) => times === 1, take: (_, times) => (times === 1 ? {} : null) });
  assert.equal((await arrivedLater.account.send([arrivedLater.message])).height, 9n);

  const cached = await network(t, { drop: (times) => times === 1, take: (_, times) => (times === 1 ? null : new Fault("tx already exists in cache")) });
  assert.equal((await cached.account.send([cached.message])).height, 9n);

  const gone = await network(t, { drop: () => true, take: () => ({}) });
  await assert.rejects(gone.account.send([gone.message]), fails("unconfirmed", "unknown", /ask for it by its hash/));
  assert.equal(gone.offered.length, 2);
});

test("a transaction that no block has is unknown, and aborting does not undo it", async (t) => {
  const taken = (/** @type {Uint8Array} */ bytes) => ({ code: 0, log: "", codespace: "", hash: txHash(bytes) });
  const { account, message } = await network(t, { take: taken });
  await assert.rejects(account.send([message]), fails("unconfirmed", "unknown", /no block has it/));
  const abort = new AbortController();
  const other = await network(t, { take: (bytes) => { setTimeout(() => abort.abort(), 30); return taken(bytes); } });
  await assert.rejects(other.account.send([other.message], { signal: abort.signal }), fails("unconfirmed", "unknown"));
});

test("an answer that is about another transaction is not taken for this one's", async (t) => {
  const { account, message, chain, blocks } = await network(t, { take: () => ({ code: 0, log: "", codespace: "", hash: "00".repeat(32) }) });
  await assert.rejects(account.send([message]), fails("unconfirmed", "unknown", /the hash of another transaction/));
  const hash = "AB".repeat(32);
  blocks.set(hash, Buffer.from("other").toString("base64"));
  await assert.rejects(chain.tx(hash), fails("unreadable", "nothing", /another transaction/));
  assert.equal(await chain.tx("CD".repeat(32)), undefined);
});

test("the bytes that the wallet gives back are those that are sent, and the receipt says so", async (t) => {
  const { account, message, key, offered } = await network(t);
  const sign = key.signDirect.bind(key);
  const dearer = { amount: [{ denom: "ubee", amount: "9999" }], gasLimit: 200_000n };
  key.signDirect = async (address, asked) => {
    const { publicKey } = await key.getAccount();
    const again = document([message], { chainId: CHAIN, accountNumber: asked.accountNumber, sequence: 3n, publicKey, fee: dearer, memo: "mine" });
    return sign(address, again);
  };
  const receipt = await account.send([message]);
  assert.deepEqual([receipt.changedByWallet, receipt.fee, receipt.gasLimit], [true, dearer.amount, 200_000n]);
  assert.equal(TxBody.decode(TxRaw.decode(offered[0] ?? new Uint8Array()).bodyBytes).memo, "mine");

  key.signDirect = async (address, asked) => {
    const { publicKey } = await key.getAccount();
    const theft = sendCoins(address, address, [{ denom: "ubee", amount: "1" }]);
    const other = document([theft], { chainId: CHAIN, accountNumber: asked.accountNumber, sequence: 4n, publicKey, fee: dearer });
    return sign(address, other);
  };
  await assert.rejects(account.send([message]), fails("wallet_changed_transaction", "nothing"));
  assert.equal(offered.length, 1, "it is not sent");
});
