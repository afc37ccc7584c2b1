import assert from "node:assert/strict";
import { test } from "node:test";

import { ClientError } from "@bithive/client";

import { Batch, Heights, MOST } from "../src/lib/batch";

const CONTRACT = "bithive1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqtafv78";

/** A server that answers each query with its own text. */
function server(answer: (queries: { contract: string; query: unknown }[], index: number) => unknown, status = 200) {
  const bodies: { contract: string; query: unknown }[][] = [];
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const queries = JSON.parse(String(init?.body));
    bodies.push(queries);
    return new Response(JSON.stringify(answer(queries, bodies.length)), { status });
  };
  return { bodies, fetch };
}

const echo = (height: string) => (queries: { query: unknown }[]) => ({ height, results: queries.map(({ query }) => ({ value: query })) });

async function address(): Promise<string> {
  const { addressOf } = await import("@bithive/client");
  return addressOf(Uint8Array.from({ length: 33 }, (_, index) => index + 2));
}

test("queries of one turn are one request, in their order", async () => {
  const { bodies, fetch } = server(echo("7"));
  const batch = new Batch("/x/batch", new Heights(), { fetch });
  const at = await address();
  const answers = await Promise.all([1, 2, 3].map((n) => batch.smart(at, `{"job":{"job_id":${n}}}`)));
  assert.equal(bodies.length, 1);
  assert.deepEqual(answers.map((bytes) => new TextDecoder().decode(bytes)), [1, 2, 3].map((n) => `{"job":{"job_id":${n}}}`));
  assert.equal(batch.height, 7n);
});

test("no request has more than the server takes", async () => {
  const { bodies, fetch } = server(echo("7"));
  const batch = new Batch("/x/batch", new Heights(), { fetch });
  const at = await address();
  await Promise.all(Array.from({ length: MOST + 1 }, () => batch.smart(at, "{}")));
  assert.deepEqual(bodies.map((queries) => queries.length), [MOST, 1]);
});

test("integers beyond 2^53 arrive whole", async () => {
  const fetch: typeof globalThis.fetch = async () => new Response('{"height":"1","results":[{"value":{"n":18446744073709551615}}]}');
  const answer = await new Batch("/x/batch", new Heights(), { fetch }).smart(await address(), "{}");
  assert.equal(new TextDecoder().decode(answer), '{"n":18446744073709551615}');
});

test("one refused query leaves the others", async () => {
  const { fetch } = server(() => ({ height: "7", results: [{ error: "job 9 not found: query wasm contract failed" }, { value: 1 }] }));
  const batch = new Batch("/x/batch", new Heights(), { fetch });
  const at = await address();
  const [refused, given] = await Promise.allSettled([batch.smart(at, "{}"), batch.smart(at, "{}")]);
  assert.ok(refused.status === "rejected" && refused.reason instanceof ClientError && refused.reason.kind === "query_refused");
  assert.equal(given.status, "fulfilled");
});

test("a height that goes back, and answers that do not belong, are refused", async () => {
  const at = await address();
  const heights = new Heights();
  await new Batch("/x/batch", heights, { fetch: server(echo("9")).fetch }).smart(at, "{}");
  const cases: [unknown, string][] = [
    [{ height: "8", results: [{ value: 1 }] }, "height_went_back"],
    [{ height: 10, results: [{ value: 1 }] }, "unreadable"],
    [{ height: "10", results: [] }, "unreadable"],
    [{ height: "10", results: [1] }, "unreadable"],
    [[], "unreadable"],
  ];
  for (const [answer, kind] of cases) {
    const asked = new Batch("/x/batch", heights, { fetch: server(() => answer).fetch }).smart(at, "{}");
    await assert.rejects(asked, (error: ClientError) => error.kind === kind, JSON.stringify(answer));
  }
});

test("an error of the server has its words", async () => {
  const { fetch } = server(() => ({ error: { kind: "chain", what: "the node does not answer", remedy: "wait" } }), 502);
  const asked = new Batch("/x/batch", new Heights(), { fetch }).smart(await address(), "{}");
  await assert.rejects(asked, /the node does not answer/);
});

test("a text that is no address is refused before anything is asked", () => {
  const { bodies, fetch } = server(echo("7"));
  assert.throws(() => new Batch("/x/batch", new Heights(), { fetch }).smart(CONTRACT.toUpperCase().slice(1), "{}"));
  assert.equal(bodies.length, 0);
});
