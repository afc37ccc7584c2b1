import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf } from "@bithive/client";

import { codeOf, codingOf, digestOf, offerOf, signersOf, sumOf, termsOf, whole, type AgreementFields, type OfferFields } from "../src/lib/making";

const [alice, bob] = [1, 2].map((byte) => addressOf(new Uint8Array(33).fill(byte))) as [string, string];
const NOW = 1_000_000n;
const DAY = 86_400n;

function fields(more: Partial<OfferFields> = {}): OfferFields {
  return { asset: { native: "ubee" }, price: { fixed: "5" }, buyer: undefined, forOne: false, days: 0, uses: undefined, referral: 0, coding: undefined, ...more };
}

test("an offer has what its fields say, and no end where none is wanted", () => {
  assert.deepEqual(offerOf(fields({ uses: 3, referral: 30, coding: "ab" }), NOW), {
    asset: { native: "ubee" }, price: { fixed: "5" }, split: [], referral_bps: 3_000, uses: 3, buyer: null, coding: "ab", expires: null,
  });
});

test("an invoice is for one buyer and one use, and is none while its buyer is not read", () => {
  const invoice = offerOf(fields({ forOne: true, buyer: alice, uses: 9, days: 7 }), NOW);
  assert.deepEqual([invoice?.buyer, invoice?.uses], [alice, 1]);
  const expires = invoice?.expires ?? 0n;
  assert.ok(expires % 3_600n === 0n && expires <= NOW + 7n * DAY && expires > NOW + 7n * DAY - 3_600n);
  assert.equal(offerOf(fields({ forOne: true }), NOW), undefined);
  // A buyer of a field that is not shown any more is none.
  assert.equal(offerOf(fields({ buyer: alice }), NOW)?.buyer, null);
});

test("an offer without a price, or with more for a referrer than the contract allows, is none", () => {
  assert.equal(offerOf(fields({ price: undefined }), NOW), undefined);
  for (const referral of [31, -1, 1.5, null, "5"]) {
    assert.equal(offerOf(fields({ referral }), NOW), undefined);
  }
});

test("a note's digest is of purpose, salt and note", () => {
  // `bithive_payment::coding`, by Python's hashlib.
  assert.equal(codingOf("99213", new Uint8Array(32).fill(7)), "02e288063e31c55cf4df6a2c043b5462a077a79438fc2a76116f28bc01646c73");
  assert.notEqual(codingOf("99213", new Uint8Array(32).fill(8)), codingOf("99213", new Uint8Array(32).fill(7)));
});

function agreed(more: Partial<AgreementFields> = {}): AgreementFields {
  return { payee: alice, milestones: [{ units: 10n, due: 30, review: 7 }, { units: 5n, due: 1, review: 1 }], approver: { payer: { arbiter: null } }, text: "", ...more };
}

test("terms are in seconds, and cost what their milestones cost together", () => {
  const terms = termsOf(agreed({ text: "as agreed" }));
  assert.deepEqual(terms?.milestones, [{ amount: "10", due: 30n * DAY, review: 7n * DAY }, { amount: "5", due: DAY, review: DAY }]);
  assert.deepEqual(terms?.payees, [{ address: alice, bps: 10_000 }]);
  assert.equal(terms?.text, digestOf(new TextEncoder().encode("as agreed")));
  assert.equal(sumOf(terms ?? { milestones: [] }), 15n);
  assert.equal(termsOf(agreed())?.text, null);
});

test("terms with a milestone that is not read, beyond the contract's bounds, or without payee or approver are none", () => {
  for (const wrong of [{ units: undefined, due: 1, review: 1 }, { units: 1n, due: 367, review: 1 }, { units: 1n, due: 1, review: 31 }, { units: 1n, due: 0, review: 1 }, { units: 1n, due: null, review: 1 }]) {
    assert.equal(termsOf(agreed({ milestones: [...agreed().milestones, wrong] })), undefined);
  }
  for (const wrong of [{ payee: undefined }, { approver: undefined }, { milestones: [] }]) {
    assert.equal(termsOf(agreed(wrong)), undefined);
  }
});

test("a code releases one milestone only", () => {
  const approver = { preimage: { hash: "00" } };
  assert.equal(termsOf(agreed({ approver })), undefined);
  assert.ok(termsOf(agreed({ approver, milestones: agreed().milestones.slice(0, 1) })));
});

test("signers are addresses, each once, of whom enough are there", () => {
  assert.deepEqual(signersOf(`${alice}\n ${bob}\n`, 2), { signers: { needed: 2, signers: [alice, bob] } });
  for (const [text, needed] of [[alice, 2], [`${alice} ${alice}`, 1], ["", 1], [`${alice}x`, 1], [alice, 0], [alice, 1.5]] as const) {
    assert.equal(signersOf(text, needed), undefined);
  }
});

test("a code has 16 to 64 bytes in hex, a whole number is within its bounds", () => {
  assert.equal(codeOf(` ${"AB".repeat(16)} `), "ab".repeat(16));
  for (const wrong of ["ab".repeat(15), "ab".repeat(65), `${"ab".repeat(16)}c`, "xy".repeat(16), ""]) {
    assert.equal(codeOf(wrong), undefined);
  }
  assert.deepEqual([whole(1, 1, 2), whole(3, 1, 2), whole("1", 1, 2), whole(1.5, 1, 2), whole(Number.NaN, 1, 2)], [1, undefined, undefined, undefined, undefined]);
});
