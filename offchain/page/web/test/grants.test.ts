import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, type SmartQuery } from "@bithive/client";

import { commitment, grantsOf } from "../src/lib/grants";

const [subject = "", reader = "", other = ""] = [1, 2, 3].map((byte) => addressOf(new Uint8Array(33).fill(byte)));
const opening = "dd65719b6125126b54cd5fb55d258fa637d182d155a0adf01a5c6226e34ce463";

test("the digest of an opening and a reader is that of the program", () => {
  // Known answer of packages/consent/src/grant.rs.
  assert.equal(commitment(opening, "bithive1reader"), "fa64783b214d1bf6b9d011e7af7f6a068a0cac8ede8c684b775776eee8310082");
});

test("a use is shown with the consent that permits it, and with the emergency that stands in for one", async () => {
  const digest = (user: string) => ({ digest: commitment(opening, user), expires: 9, recorded_at: 1, revoked_at: null, standing: "live", subject });
  const answers: Record<string, unknown> = {
    consents: [digest(reader), digest(other)],
    break_glass: [1, 2].map((id) => ({ at: id, id, reason: "etreat", reference: "ab", requester: reader, subject, text: "cd" })),
    uses: [
      { bases: [{ consent: { opening, subject } }], job_id: 5, phase: "open", requester: reader, round: 0 },
      { bases: [{ break_glass: { id: 2, subject } }], job_id: 6, phase: "settled", requester: reader, round: 1 },
    ],
  };
  const chain: SmartQuery = { smart: async (_, text) => new TextEncoder().encode(JSON.stringify(answers[Object.keys(JSON.parse(text) as object).join()])) };
  const found = await grantsOf(chain, { grants: "grants", jobs: "jobs" }, subject);
  assert.deepEqual(found.consents.map(({ uses }) => uses.map(({ job_id: id }) => id)), [[5n], []]);
  assert.deepEqual(found.emergencies.map(({ id, uses }) => [id, uses.map(({ job_id: job }) => job)]), [[2n, [6n]], [1n, []]]);
  assert.ok(found.complete);
});
