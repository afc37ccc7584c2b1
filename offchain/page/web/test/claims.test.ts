import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf } from "@bithive/client";

import { claimables, isDue, sums } from "../src/lib/claims";

const [token, btk, flows, checkout, randomness, alice] = [1, 2, 3, 4, 5, 6].map((byte) => addressOf(new Uint8Array(33).fill(byte))) as [string, string, string, string, string, string];
const CONTRACTS = { token, btk, flows, checkout, randomness };

/** A chain whose contracts of payments owe these amounts, by contract and asset. */
function chain(owed: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  return {
    asked,
    async smart(contract: string, query: string): Promise<Uint8Array> {
      const { claimable: { account, asset = {} } } = JSON.parse(query) as { claimable: { account: string; asset?: Record<string, string> } };
      assert.equal(account, alice);
      const key = `${contract} ${Object.values(asset).join()}`;
      asked.push(key);
      return new TextEncoder().encode(JSON.stringify(owed[key] ?? "0"));
    },
  };
}

test("credits of payments are claimed in tokens and in the chain's own coin, and what is nothing is not listed", async () => {
  const queries = chain({ [`${flows} ${btk}`]: "5", [`${checkout} ubee`]: "7", [`${checkout} ${token}`]: "9", [`${randomness} `]: "2" });
  const { entries, complete } = await claimables(queries, CONTRACTS, "ubee", alice, 0n);
  assert.ok(complete);
  assert.equal(queries.asked.length, 7, "two contracts that are there, each with two tokens and a coin, and one of BTT alone");
  assert.deepEqual(entries.map(({ source, ticker, amount }) => [source, ticker, amount]), [["randomness", "BTT", 2n], ["flows", "BTK", 5n], ["checkout", "BTT", 9n], ["checkout", "BEE", 7n]]);
  assert.ok(entries.every(isDue));
  assert.deepEqual(sums(entries), [["BTT", 11n], ["BTK", 5n], ["BEE", 7n]]);
});
