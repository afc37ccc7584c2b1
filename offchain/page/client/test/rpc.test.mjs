// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { QueryBalanceResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { QuerySmartContractStateResponse } from "cosmjs-types/cosmwasm/wasm/v1/query";

import { Chain, ClientError, Rpc } from "@bithive/client";
import { Queries } from "@bithive/client/contracts/jobs";
import { encodeBech32 } from "../dist/address.js";
import { Fault, serve } from "./node.mjs";

const CONTRACT = encodeBech32("bithive", new Uint8Array(32).fill(7));
const ACCOUNT = encodeBech32("bithive", new Uint8Array(20).fill(7));

/** @param {string} kind @param {RegExp} [words] */
function failsWith(kind, words = /./) {
  return (/** @type {unknown} */ error) => {
    assert(error instanceof ClientError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, words);
    assert.match(error.message, /To do: /);
    return true;
  };
}

/** @param {string} height @param {string} network */
function status(height, network = "chain-1") {
  return { node_info: { network }, sync_info: { latest_block_height: height, latest_block_time: "2026-01-01T00:00:00Z", catching_up: false } };
}

/** @param {Uint8Array} value @param {object} more */
function abci(value, more = {}) {
  return { response: { code: 0, log: "", value: Buffer.from(value).toString("base64"), codespace: "", ...more } };
}

/** @param {string} json */
function smart(json) {
  return QuerySmartContractStateResponse.encode({ data: Buffer.from(json) }).finish();
}

test("calls of one turn go in one request, in any order back, at most ten", async (t) => {
  const node = await serve(t, { echo: ({ params }) => params });
  const rpc = new Rpc(node.url);
  const answers = await Promise.all(Array.from({ length: 23 }, (_, index) => rpc.call("echo", { index: BigInt(index) })));
  assert.deepEqual(answers.map((answer) => /** @type {any} */ (answer).index), Array.from({ length: 23 }, (_, index) => BigInt(index)));
  assert.deepEqual(node.requests.map((request) => request.length), [10, 10, 3]);
  await rpc.call("echo", {}, { alone: true });
  assert(!Array.isArray(node.requests[3]));
});

test("a server that takes one call at a time gets one at a time, from then on", async (t) => {
  const node = await serve(t, { echo: ({ params }) => params, bad: () => new Fault("no") }, { arrays: false });
  const rpc = new Rpc(node.url);
  const both = async () => {
    const [echo, bad] = await Promise.allSettled([rpc.call("echo", { a: 60n }), rpc.call("bad", {})]);
    assert(echo.status === "fulfilled" && bad.status === "rejected");
    assert.equal(/** @type {any} */ (echo.value).a, 60n);
    assert(failsWith("rpc_refused", /bad: no/)(bad.reason));
  };
  await both();
  assert.equal(node.requests.length, 3, "one refused as a whole, two again");
  await both();
  assert.equal(node.requests.length, 5);
});

test("a call fails by itself, its neighbours do not", async (t) => {
  const node = await serve(t, { echo: ({ params }) => params, bad: () => new Fault("no") });
  const rpc = new Rpc(node.url);
  const [bad, echo] = await Promise.allSettled([rpc.call("bad", {}), rpc.call("echo", { a: "b" })]);
  assert.equal(echo.status, "fulfilled");
  assert.equal(bad.status, "rejected");
  assert.equal(node.requests.length, 1);
});

test("of several calls, each has one answer", async (t) => {
  const said = (/** @type {any[]} */ asked) => asked.map(({ id }) => ({ jsonrpc: "2.0", id, result: {} }));
  let answers = (/** @type {any[]} */ asked) => said(asked);
  const node = await serve(t, {}, { raw: (asked, response) => {
    response.end(JSON.stringify(answers(asked)));
    return true;
  } });
  const rpc = new Rpc(node.url);
  const both = async () => (await Promise.allSettled([rpc.call("a", {}), rpc.call("b", {})])).map((one) =>
    (one.status === "fulfilled" ? "fulfilled" : one.reason.message));
  assert.deepEqual(await both(), ["fulfilled", "fulfilled"]);
  answers = (asked) => said([...asked, asked[0]]);
  let [first, second] = await both();
  assert.match(first, /2 answers to one call/);
  assert.equal(second, "fulfilled");
  answers = (asked) => said(asked.slice(1));
  [first, second] = await both();
  assert.match(first, /0 answers to one call/);
  assert.equal(second, "fulfilled");
});

for (const [name, kind, words, answer] of /** @type {const} */ ([
  ["a page of a proxy", "node_down", /HTTP status 502/, [502, "<html>"]],
  ["no JSON", "unreadable", /expected a value/, [200, "<html>"]],
  ["a name twice", "unreadable", /there twice/, [200, '{"id":1,"id":1,"result":{}}']],
  ["another id", "unreadable", /its id is 7, expected 1/, [200, '{"jsonrpc":"2.0","id":7,"result":{}}']],
  ["an id that is rounded", "unreadable", /its id is 1/, [200, '{"jsonrpc":"2.0","id":1.0,"result":{}}']],
  ["neither result nor error", "unreadable", /neither/, [200, '{"jsonrpc":"2.0","id":1}']],
  ["an array", "unreadable", /no object/, [200, "[]"]],
  ["too much", "unreadable", /more than 1000 bytes/, [200, `{"id":1,"result":"${"x".repeat(2000)}"}`]],
  ["an error without words", "rpc_refused", /status/, [500, '{"id":1,"error":{"code":-1}}']],
])) {
  test(`an answer that is ${name} is ${kind}`, async (t) => {
    const node = await serve(t, {}, { raw: (_, response) => {
      response.writeHead(/** @type {number} */ (answer[0]));
      response.end(answer[1]);
      return true;
    } });
    await assert.rejects(new Rpc(node.url, { maxBytes: 1_000 }).call("status", {}), failsWith(kind, words));
  });
}

test("time, aborting, redirects and absence have errors of their own", async (t) => {
  const silent = await serve(t, {}, { raw: () => true });
  await assert.rejects(new Rpc(silent.url, { timeout: 50 }).call("status", {}), failsWith("timeout", /in 50 ms/));
  const abort = new AbortController();
  const waiting = new Rpc(silent.url).call("status", {}, { signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await assert.rejects(waiting, failsWith("aborted"));
  await assert.rejects(new Rpc(silent.url).call("status", {}, { signal: abort.signal }), failsWith("aborted"));
  silent.stop();
  await assert.rejects(new Rpc(silent.url).call("status", {}), failsWith("node_down", /does not answer/));

  const elsewhere = await serve(t, { status: () => status("1") });
  const moved = await serve(t, {}, { raw: (_, response) => {
    response.writeHead(307, { location: elsewhere.url });
    response.end();
    return true;
  } });
  await assert.rejects(new Rpc(moved.url).call("status", {}), failsWith("node_down"));
  assert.equal(elsewhere.requests.length, 0, "one server is asked, and no other");

  for (const bad of ["ftp://a", "nonsense", "", "http://user:password@host"]) {
    assert.throws(() => new Rpc(bad), (/** @type {any} */ error) => error.kind === "invalid_input" && !error.message.includes("password@"), bad);
  }
  assert.throws(() => new Rpc("http://a", { timeout: 0 }), failsWith("invalid_input", /timeout/));
});

test("another chain, and a height that goes back, are noticed", async (t) => {
  let [height, network] = ["5", "chain-1"];
  const balance = QueryBalanceResponse.encode({ balance: { denom: "ubee", amount: "7" } }).finish();
  const node = await serve(t, {
    status: () => status(height, network),
    abci_query: ({ params }) => abci(balance, params.height === "9" ? {} : { height }),
  });
  await assert.rejects(Chain.connect(node.url, { chainId: "chain-2" }), failsWith("wrong_chain", /"chain-1", expected "chain-2"/));
  const chain = await Chain.connect(node.url, { chainId: "chain-1" });
  assert.equal(await chain.balance(ACCOUNT, "ubee"), 7n);
  height = "6";
  assert.equal((await chain.status()).height, 6n);
  height = "5";
  assert.equal(await chain.balance(ACCOUNT, "ubee"), 7n, "a node has a block a moment before its state");
  await assert.rejects(chain.status(), failsWith("height_went_back", /height 5, after it has shown 6/));
  height = "4";
  await assert.rejects(chain.balance(ACCOUNT, "ubee"), failsWith("height_went_back", /height 4, after it has shown 5/));
  assert.equal(await chain.balance(ACCOUNT, "ubee", { height: 4n }), 7n, "an old height that is asked for is none that went back");
  await assert.rejects(chain.balance(ACCOUNT, "ubee", { height: 3n }), failsWith("wrong_height", /height 4, asked for 3/));
  await assert.rejects(chain.balance(ACCOUNT, "ubee", { height: 9n }), failsWith("wrong_height", /does not say/));
  height = "7";
  network = "chain-3";
  await assert.rejects(chain.status(), failsWith("wrong_chain"));
});

test("coins of another denomination, and an amount that is none, are refused", async (t) => {
  let coin = { denom: "uatom", amount: "999" };
  const node = await serve(t, { status: () => status("1"), abci_query: () => abci(QueryBalanceResponse.encode({ balance: coin }).finish()) });
  const chain = await Chain.connect(node.url, { chainId: "chain-1" });
  await assert.rejects(chain.balance(ACCOUNT, "ubee"), failsWith("unreadable", /999 uatom, asked for ubee/));
  for (const amount of ["-1", "1.5", "", "9".repeat(79)]) {
    coin = { denom: "ubee", amount };
    await assert.rejects(chain.balance(ACCOUNT, "ubee"), failsWith("unreadable"), amount);
  }
});

test("a typed query goes to the contract, and its answer is checked", async (t) => {
  let answer = abci(smart("null"));
  const node = await serve(t, { status: () => status("1"), abci_query: () => answer });
  const jobs = new Queries(await Chain.connect(node.url, { chainId: "chain-1" }), CONTRACT);
  answer = abci(smart('{"jobs":[18446744073709551615],"signature":"ab"}'));
  assert.deepEqual(await jobs.batch({ batch: 1n }), { jobs: [2n ** 64n - 1n], signature: "ab" });
  const asked = Buffer.from(node.requests[1].params.data, "hex").toString("latin1");
  assert(asked.includes(CONTRACT) && asked.endsWith('{"batch":{"batch":1}}'), asked);

  answer = abci(smart('{"jobs":[1.0],"signature":"ab"}'));
  await assert.rejects(jobs.batch({ batch: 1n }), failsWith("unreadable", /jobs.batch.jobs\[0\]/));
  answer = { response: { ...answer.response, code: 6, codespace: "sdk", log: "rpc error: code = Unknown desc = job 9 not found: query wasm contract failed: unknown request" } };
  await assert.rejects(jobs.job({ job_id: 9n }), (/** @type {any} */ error) => {
    assert.deepEqual(error.problem, { kind: "query_refused", contract: CONTRACT, error: "job 9 not found" });
    return true;
  });
  answer = { response: { ...answer.response, log: `address ${CONTRACT}: no such contract: unknown request` } };
  await assert.rejects(jobs.config(), failsWith("no_contract"));
  const asks = node.requests.length;
  await assert.rejects(jobs.job(/** @type {any} */ ({ job_id: 9 })), failsWith("invalid_input", /job_id/));
  assert.equal(node.requests.length, asks, "what is malformed is not sent");
});
