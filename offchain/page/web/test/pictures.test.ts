import assert from "node:assert/strict";
import { test } from "node:test";

import type { AgreementResponse } from "@bithive/client/contracts/escrow";
import type { FlowResponse } from "@bithive/client/contracts/flows";

import { drainOf, goalOf, timelineOf } from "../src/lib/pictures";
import { drained } from "../src/lib/streams";

function flow(more: Partial<FlowResponse> = {}): FlowResponse {
  return {
    id: 1n, payer: "payer", payee: "payee", asset: { native: "ubee" }, deposit: "105", paid: "0", start: 1_000n, ends: 1_100n, closing: false, transferable: false,
    terms: { rate: { amount: "10", step: 10n, advance: 0n } }, ...more,
  } as FlowResponse;
}

test("what is left of a stream is drawn as the contract counts it, step by step", () => {
  const stream = flow();
  const drawn = drainOf(stream, 1_035n);
  assert.deepEqual(drawn?.now, { at: 1_035n, amount: 75n });
  assert.deepEqual([drawn?.points[0], drawn?.points.at(-1), drawn?.points.length, drawn?.most], [{ at: 1_000n, amount: 105n }, { at: 1_100n, amount: 5n }, 21, 105n]);
  for (const { at, amount } of drawn?.points.filter((_, index) => index % 2 === 0) ?? []) {
    assert.equal(amount, drained(stream, at).left);
  }
});

test("an advance is gone at the beginning, and many steps are a line between the same ends", () => {
  assert.deepEqual(drainOf(flow({ terms: { rate: { amount: "10", step: 10n, advance: 2n } } }), 1_000n)?.points[0], { at: 1_000n, amount: 85n });
  const many = drainOf(flow({ deposit: "100000" }), 1_000n);
  assert.deepEqual(many?.points.at(-1), { at: 101_000n, amount: 0n });
  assert.ok((many?.points.length ?? 0) <= 122);
});

test("before its beginning a stream is full, after its end it stays at its rest, and by vouchers there is no line", () => {
  assert.deepEqual(drainOf(flow(), 1n)?.now, { at: 1_000n, amount: 105n });
  assert.deepEqual(drainOf(flow(), 9_999n)?.now, { at: 1_100n, amount: 5n });
  assert.equal(drainOf(flow({ terms: { vouchers: { key: { ed25519: "" }, notice: 60n } } } as unknown as Partial<FlowResponse>), 1_000n), undefined);
});

function agreement(more: Partial<AgreementResponse> = {}): AgreementResponse {
  return {
    id: 5n, opener: "payer", payees: [{ address: "lead", bps: 10_000 }], asset: { native: "ubee" },
    milestones: [{ amount: "10", due: 60n, review: 40n }, { amount: "20", due: 150n, review: 50n }, { amount: "30", due: 60n, review: 40n }],
    approver: { payer: { arbiter: null } }, milestone: 2, phase: { active: { until: 2_000n } }, submissions: 0, approving: "0", refusing: "0", left: "50", ...more,
  };
}

test("milestones stand in line by the time that they have, and each says when it is over at the latest", () => {
  assert.deepEqual(timelineOf(agreement()), [
    { milestone: 1, from: 0, to: 250, state: "done", latest: undefined },
    { milestone: 2, from: 250, to: 750, state: "now", latest: 2_050n },
    { milestone: 3, from: 750, to: 1_000, state: "later", latest: 2_150n },
  ]);
  // Under review, its work is over.
  assert.deepEqual(timelineOf(agreement({ phase: { submitted: { until: 2_000n } } })).map(({ latest }) => latest), [undefined, 2_000n, 2_100n]);
});

test("while a crowd is asked nothing has begun, and in a refund nothing comes any more", () => {
  const asked = timelineOf(agreement({ milestone: 0, phase: { funding: { until: 1_000n } } }));
  assert.deepEqual(asked.map(({ state, latest }) => [state, latest]), [["later", 1_100n], ["later", 1_300n], ["later", 1_400n]]);
  assert.deepEqual(timelineOf(agreement({ phase: { refunding: { amount: "5", waiting: 1n } } })).map(({ latest }) => latest), [undefined, undefined, undefined]);
});

test("a goal is what was put in and what is missing, and nobody's where the opener pays", () => {
  const crowd = (raised: string) => goalOf(agreement({ crowd: { goal: "60", raised, contributors: 2n } }))?.map(({ units }) => units);
  assert.deepEqual([crowd("0"), crowd("45"), crowd("60"), crowd("61")], [[0n, 60n], [45n, 15n], [60n, 0n], [61n, 0n]]);
  assert.equal(goalOf(agreement()), undefined);
});
