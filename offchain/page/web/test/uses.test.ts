import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, type SmartQuery } from "@bithive/client";

import { datasetsOf, LOOK } from "../src/lib/uses";

const [owner, other, payer] = [1, 2, 3].map((byte) => addressOf(new Uint8Array(33).fill(byte)));
const contracts = { datasets: "datasets", attestations: "attestations" };
const digest = "ab".repeat(32);
const source = { chain_id: "hive-1", jobs: "bithive1jobs" };

/** A chain with these data sets, deposits and attested jobs; every attested job has used data set 1. */
function chain({ sets = [{ id: 1, owner, uses: 2 }, { id: 2, owner: other, uses: 9 }], deposits = [1, 2], jobs = [3, 4] } = {}) {
  const asked: string[] = [];
  const fake: SmartQuery = {
    async smart(address, text) {
      const query = JSON.parse(text) as Record<string, { start_after?: number | null; limit?: number; dataset_id?: number; job_id?: number }>;
      const [name = "", args = {}] = Object.entries(query)[0] ?? [];
      asked.push(`${address}.${name}`);
      const page = <T>(list: T[], id: (one: T) => number) =>
        list.filter((one) => id(one) > (args.start_after ?? 0)).slice(0, args.limit);
      const answers: Record<string, unknown> = {
        datasets: page(sets, ({ id }) => id).map((set) => ({ active: true, asset: { native: "ubee" }, digest, earned: "70", share: "35", ...set })),
        deposits: page(deposits.map((set, index) => ({ id: index + 1, set })), ({ id }) => id).map(({ id, set }) => ({
          id, amount: "35", depositor: payer, purpose: { dataset_id: set, deadline: 99, input_commitment: digest, job_id: 7, source },
        })),
        peers: [{ connection_id: "connection-0", port_id: "wasm.x", source }, { connection_id: "connection-1", port_id: "wasm.y", source: null }],
        attestations: page(jobs, (job) => job).map((job_id) => ({
          evidence: "signed", input_commitment: digest, job_id, masked: "", members: 3, model: digest, output: digest, recorded_at: 5, round: 1, signers: 3, source, statement: digest,
        })),
        use: args.dataset_id === 1 ? { paid: "35", recorded_at: 100 + (args.job_id ?? 0), statement: digest } : null,
      };
      return new TextEncoder().encode(JSON.stringify(answers[name]));
    },
  };
  return { fake, asked };
}

test("uses of one's own data sets: those in escrow, and those that were attested, the latest first", async () => {
  const { sets, uses, complete } = await datasetsOf(chain().fake, contracts, owner ?? "");
  assert.deepEqual(sets.map(({ id }) => id), [1n]);
  assert.deepEqual(uses.map(({ job, by, at }) => [job, by, at]), [[7n, payer, 99n], [4n, undefined, 104n], [3n, undefined, 103n]]);
  assert.ok(complete);
});

test("who has no data set that was used makes nobody look for uses", async () => {
  const { fake, asked } = chain();
  const found = await datasetsOf(fake, contracts, payer ?? "");
  assert.deepEqual([found.sets, found.uses, found.complete], [[], [], true]);
  assert.deepEqual(asked.sort(), ["datasets.datasets", "datasets.deposits"]);
});

test("lists are read to their end, and what was not looked through is said", async () => {
  const jobs = Array.from({ length: LOOK + 31 }, (_, index) => index + 1);
  const sets = [...Array.from({ length: 40 }, (_, index) => ({ id: index + 1, owner: other ?? "", uses: 0 })), { id: 41, owner: owner ?? "", uses: 1 }];
  const none = await datasetsOf(chain({ sets, jobs }).fake, contracts, owner ?? "");
  assert.deepEqual([none.sets.length, none.uses.length, none.complete], [1, 0, false]);
  const many = await datasetsOf(chain({ sets: [{ id: 1, owner: owner ?? "", uses: jobs.length }], deposits: [], jobs }).fake, contracts, owner ?? "");
  assert.deepEqual([many.uses.length, many.uses[0]?.job, many.complete], [LOOK, BigInt(jobs.length), false]);
});
