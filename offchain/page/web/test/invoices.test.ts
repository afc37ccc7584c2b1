import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf } from "@bithive/client";
import type { OfferResponse } from "@bithive/client/contracts/checkout";

import { divided, readLink, roomFor, writeLink } from "../src/lib/invoices";
import { linkTo, readRoute } from "../src/lib/route";

const KEY = "000102030405060708090a0b0c0d0e0f";
const [alice, bob, seller] = [1, 2, 3].map((byte) => addressOf(new Uint8Array(33).fill(byte))) as [string, string, string];

function offer(more: Partial<OfferResponse> = {}): OfferResponse {
  return { id: 7n, seller, asset: { cw20: "bithive1btt" }, price: { fixed: "100" }, split: [], referral_bps: 0, state: "open", ...more };
}

test("a link names chain, offer, key and referrer, and has one text", () => {
  for (const text of [`chain=bithive-1&offer=7&key=${KEY}&referrer=${alice}`, "chain=a&offer=1", `chain=a&offer=1&referrer=${alice}`, `chain=a&offer=18446744073709551615&key=${KEY}`]) {
    const read = readLink(text);
    assert.ok(!("fault" in read));
    assert.equal(writeLink(read), text);
    assert.deepEqual(readRoute(linkTo({ page: "pay", link: text })), { page: "pay", link: text });
  }
});

test("what is unknown, repeated, missing or misplaced in a link is refused, and so is a value in another form", () => {
  const fault = (text: string) => {
    const read = readLink(text);
    return "fault" in read ? `${read.fault} ${read.name}` : "";
  };
  assert.equal(fault("chain=a&offer=1&amount=5"), "unknown amount");
  assert.equal(fault("chain=a&offer=1&"), "unknown ");
  assert.equal(fault("CHAIN=a&offer=1"), "unknown CHAIN");
  assert.equal(fault("chain=a&offer=1&__proto__=5"), "unknown __proto__");
  assert.equal(fault("chain=a&offer=1&offer=2"), "value offer");
  assert.equal(fault("offer=1"), "value chain");
  assert.equal(fault("chain=a"), "value offer");
  assert.equal(fault("offer=1&chain=a"), "value chain");
  assert.equal(fault(`chain=a&key=${KEY}&offer=1`), "value offer");
  for (const value of ["0", "01", "+1", "", "1.0", "18446744073709551616"]) {
    assert.equal(fault(`chain=a&offer=${value}`), "value offer", value);
  }
  for (const value of [KEY.slice(1), `${KEY}0`, KEY.toUpperCase(), "", "00".repeat(65), `${KEY.slice(2)}zz`]) {
    assert.equal(fault(`chain=a&offer=1&key=${value}`), "value key", value);
  }
  for (const value of ["", "A", `${alice}x`, alice.toUpperCase()]) {
    assert.equal(fault(`chain=a&offer=1&referrer=${value}`), "value referrer", value);
  }
  assert.notEqual(fault(`chain=a&offer=1&key=${KEY}&referrer=${alice}${" ".repeat(3_000)}`), "");
  assert.equal(fault("chain=a%20b&offer=1"), "value chain");
});

test("a fragment with parameters is a link, and one with a path is a place of the page", () => {
  assert.deepEqual(readRoute("#chain=a&offer=1/2"), { page: "pay", link: "chain=a&offer=1/2" });
  assert.deepEqual(readRoute("#/jobs"), { page: "jobs" });
  assert.deepEqual(readRoute("#/jobs=1"), { page: "unknown" });
  assert.deepEqual(readRoute(""), { page: "network" });
  for (const place of [{ page: "payments" }, { page: "payments", address: alice }, { page: "stream", id: 7n }, { page: "escrow", id: 7n }] as const) {
    assert.deepEqual(readRoute(linkTo(place)), place);
  }
  assert.deepEqual(readRoute("#/stream"), { page: "unknown" });
  assert.deepEqual(readRoute("#/escrow/0"), { page: "unknown" });
});

test("a payment is divided to the unit: the referrer first, parts rounded down, what that leaves is the first one's", () => {
  assert.deepEqual(divided(offer(), 100n, undefined), [{ account: seller, units: 100n, isReferrer: false }]);
  const split = [{ account: alice, bps: 3_333 }, { account: bob, bps: 6_667 }];
  assert.deepEqual(divided(offer({ split, referral_bps: 1_000 }), 101n, seller).map(({ units }) => units), [10n, 31n, 60n]);
  assert.deepEqual(divided(offer({ split, referral_bps: 1_000 }), 101n, undefined).map(({ units }) => units), [34n, 67n]);
  for (let amount = 1n; amount < 300n; amount += 7n) {
    const parts = divided(offer({ split, referral_bps: 2_999 }), amount, bob);
    assert.equal(parts.reduce((sum, { units }) => sum + units, 0n), amount);
  }
});

test("only a price that a feed gives is sent with room, rounded up", () => {
  assert.equal(roomFor(offer(), 1_000n), 1_000n);
  assert.equal(roomFor(offer({ price: { open: { least: "1" } } }), 1_000n), 1_000n);
  assert.equal(roomFor(offer({ price: { quoted: { fiat: "5", oracle: alice, feed: 1n } } }), 1_001n), 1_012n);
});
