import assert from "node:assert/strict";
import { test } from "node:test";

import type { AgreementResponse } from "@bithive/client/contracts/escrow";
import { render } from "svelte/server";

import { qrOf } from "../src/lib/qr";
import Code from "../src/payments/Code.svelte";
import Timeline from "../src/payments/Timeline.svelte";

const agreement: AgreementResponse = {
  id: 5n, opener: "payer", payees: [{ address: "lead", bps: 10_000 }], asset: { native: "ubee" },
  milestones: [1, 2, 3].map((amount) => ({ amount: amount.toString(), due: 60n, review: 40n })),
  approver: { payer: { arbiter: null } }, milestone: 2, phase: { active: { until: 2_000n } }, submissions: 0, approving: "0", refusing: "0", left: "5",
};

/** Words that a reader without a picture hears, and no attribute that the policy would drop. */
function says(body: string, description: string) {
  assert.match(body, /role="img"/);
  assert.ok(body.includes(`aria-label="${description}"`));
  assert.doesNotMatch(body, /style=/);
}

test("a timeline says what it is, and has each milestone's state once", () => {
  const { body } = render(Timeline, { props: { agreement, description: "three milestones" } });
  says(body, "three milestones");
  for (const [state, count] of [["done", 1], ["now", 1], ["later", 1]] as const) {
    assert.equal([...body.matchAll(new RegExp(`<line [^>]*class="${state}`, "g"))].length, count);
    assert.equal([...body.matchAll(new RegExp(`<circle [^>]*class="${state}`, "g"))].length, count);
  }
});

test("a code's picture has a square for each dark module, with light around them", () => {
  const text = "https://pay.example/pay#chain=bithive-1&offer=7";
  const { body } = render(Code, { props: { text, description: "a link" } });
  says(body, "a link");
  const dark = (qrOf(text) ?? []).flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x + 4} ${y + 4}`] : [])));
  assert.deepEqual([...body.matchAll(/M(\d+ \d+)h1v1h-1z/g)].map(([, at]) => at), dark);
  assert.match(body, /viewBox="0 0 41 41"/);
  assert.doesNotMatch(render(Code, { props: { text: "x".repeat(700), description: "a link" } }).body, /<svg/);
});
