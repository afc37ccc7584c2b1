import assert from "node:assert/strict";
import { test } from "node:test";

import type { AgreementResponse, ContributionResponse } from "@bithive/client/contracts/escrow";

import { barsOf, rulesOn, stateOf, stepsOf, untilOf, waitsFor } from "../src/lib/agreements";

const SOON = 2_000n;
const NOW = 1_000n;

function agreement(more: Partial<AgreementResponse> = {}): AgreementResponse {
  return {
    id: 5n, opener: "payer", payees: [{ address: "lead", bps: 6_000 }, { address: "helper", bps: 4_000 }], asset: { cw20: "bithive1btt" },
    milestones: [{ amount: "10", due: 60n, review: 60n }, { amount: "20", due: 60n, review: 60n }, { amount: "30", due: 60n, review: 60n }],
    approver: { payer: { arbiter: "arbiter" } }, milestone: 2, phase: { active: { until: SOON } }, submissions: 0, approving: "0", refusing: "0", left: "50", ...more,
  };
}

const put: ContributionResponse = { id: 5n, amount: "40", voted: 0, open: true, refundable: "0" };
const steps = (who: string, more: Partial<AgreementResponse> = {}, contribution?: ContributionResponse) => stepsOf(agreement(more), who, NOW, contribution);

test("payees submit, the payer approves or rejects, and nobody else does anything", () => {
  assert.deepEqual(steps("lead"), ["submit", "decline"]);
  assert.deepEqual(steps("helper"), ["submit"]);
  assert.deepEqual(steps("payer"), ["approve"]);
  assert.deepEqual(steps("payer", { phase: { submitted: { until: SOON } } }), ["approve", "reject"]);
  assert.deepEqual(steps("helper", { phase: { submitted: { until: SOON } } }), []);
  assert.deepEqual(steps("helper", { submissions: 3 }), []);
  for (const who of ["arbiter", "stranger"]) {
    assert.deepEqual(steps(who), []);
  }
});

test("after a rejection payees submit again or call the arbiter, where there is one", () => {
  const phase = { rejected: { until: SOON } };
  assert.deepEqual(steps("helper", { phase }), ["submit", "dispute"]);
  assert.deepEqual(steps("helper", { phase, approver: { payer: { arbiter: null } } }), ["submit"]);
});

test("the arbiter alone rules, and only on what is disputed", () => {
  assert.ok(rulesOn(agreement({ phase: { disputed: { until: SOON } } }), "arbiter"));
  assert.ok(!rulesOn(agreement({ phase: { disputed: { until: SOON } } }), "payer"));
  assert.ok(!rulesOn(agreement(), "arbiter"));
});

test("signers approve before a submission and reject after it", () => {
  const approver = { signers: { signers: ["one", "two"], needed: 2 } };
  assert.deepEqual(steps("one", { approver }), ["approve"]);
  assert.deepEqual(steps("one", { approver, phase: { submitted: { until: SOON } } }), ["approve", "reject"]);
  assert.deepEqual(steps("payer", { approver }), []);
});

test("contributors speak once on a milestone that was submitted, and are refunded what is theirs", () => {
  const approver = { contributors: {} };
  assert.deepEqual(steps("giver", { approver }, put), []);
  for (const phase of [{ submitted: { until: SOON } }, { voting: { until: SOON } }]) {
    assert.deepEqual(steps("giver", { approver, phase }, put), ["approve", "reject"]);
    assert.deepEqual(steps("giver", { approver, phase }, { ...put, voted: 2 }), []);
    assert.deepEqual(steps("stranger", { approver, phase }), []);
  }
  const phase = { refunding: { amount: "50", waiting: 1n } };
  assert.deepEqual(steps("giver", { approver, phase }, { ...put, refundable: "12" }), ["refund"]);
  assert.deepEqual(steps("giver", { approver, phase }, put), []);
  assert.equal(untilOf(agreement({ phase })), undefined);
});

test("where a code releases, nothing is submitted", () => {
  assert.deepEqual(steps("helper", { approver: { preimage: { hash: "00".repeat(32) } } }), []);
});

test("after the last second of a state anybody moves it on, and that is all", () => {
  for (const who of ["stranger", "payer", "lead"]) {
    assert.deepEqual(stepsOf(agreement(), who, SOON, undefined).includes("advance"), false);
    assert.deepEqual(stepsOf(agreement(), who, SOON + 1n, undefined), ["advance"]);
  }
});

test("an agreement waits for those whose silence decides it", () => {
  const waits = (who: string, more: Partial<AgreementResponse> = {}, contribution?: ContributionResponse) => waitsFor(agreement(more), who, NOW, contribution);
  assert.ok(waits("helper"));
  assert.ok(!waits("payer"));
  assert.ok(waits("payer", { phase: { submitted: { until: SOON } } }));
  assert.ok(waits("arbiter", { phase: { disputed: { until: SOON } } }));
  assert.ok(!waitsFor(agreement(), "helper", SOON + 1n, undefined));
});

test("milestones before the present one are released, and the parts of the money are all of it", () => {
  assert.deepEqual([1, 2, 3].map((milestone) => stateOf(agreement(), milestone)), ["escrow.released", "escrow.active", "escrow.later"]);
  assert.deepEqual(barsOf(agreement()).map(({ units }) => units), [10n, 20n, 30n]);
  assert.deepEqual(barsOf(agreement({ milestone: 0, left: "15", phase: { funding: { until: SOON } } })).map(({ units }) => units), [0n, 0n, 15n]);
});
