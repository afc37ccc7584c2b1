import assert from "node:assert/strict";
import { test } from "node:test";

import { messageOf, readOrder } from "../src/lib/order";

const [one, other] = ["ab", "cd"].map((byte) => byte.repeat(32)) as [string, string];
const text = (act: string, digests: readonly string[] = [one, other], contract = "bithive1grants") => `BitHive consent order 1\nchain bithive-1\ncontract ${contract}\n${act}\n${digests.join("\n")}\n`;
const read = (order: string) => readOrder(order, "bithive-1", "bithive1grants");

test("an order records until a time, or revokes, what its digests say", () => {
  const record = read(text("record until 1800000000"));
  assert.deepEqual(record, { until: 1_800_000_000n, digests: [one, other] });
  assert.deepEqual(messageOf({ until: 5n, digests: [one] }), { record: { digests: [one], expires: 5n, signed: null } });
  const revoke = read(text("revoke", [one]).replaceAll("\n", "\r\n"));
  assert.deepEqual(revoke, { until: undefined, digests: [one] });
  assert.deepEqual(messageOf({ until: undefined, digests: [one] }), { revoke: { digests: [one], signed: null } });
});

test("an order for another chain or contract is none here", () => {
  assert.equal(read(text("revoke", [one], "bithive1other")), "elsewhere");
  assert.equal(readOrder(text("revoke"), "bithive-2", "bithive1grants"), "elsewhere");
});

test("an order in another form, without digests, with too many, or with one twice is refused", () => {
  for (const wrong of [
    "", one, text("record"), text("record until 0"), text("record until 1.5"), text("revoke until 5"), text("revoke", []), text("revoke", [one, one]),
    text("revoke", [one.slice(1)]), text("revoke", [one.toUpperCase()]), text("revoke").replace("order 1", "order 2"),
    text("revoke", Array.from({ length: 65 }, (_, at) => at.toString(16).padStart(64, "0"))),
  ]) {
    assert.equal(read(wrong), "form", wrong.slice(0, 80));
  }
});
