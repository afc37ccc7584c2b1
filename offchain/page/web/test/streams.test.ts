import assert from "node:assert/strict";
import { test } from "node:test";

import type { FlowResponse } from "@bithive/client/contracts/flows";

import { barsOf, drained, faultOfTopUp, MOST_SECONDS, planned, sumsOf, takings } from "../src/lib/streams";

const BTT = { cw20: "bithive1btt" };
const BTK = { cw20: "bithive1btk" };
/** 10 units in each minute from 1,000 on, one at once, of a deposit of 35. */
const RATE = { rate: { amount: "10", step: 60n, advance: 1n } };
const VOUCHERS = { vouchers: { ends: 1_000n, key: { ed25519: "01".repeat(32) }, notice: 3_600n } };

function flow(more: Partial<FlowResponse> = {}): FlowResponse {
  return {
    id: 3n, payer: "payer", payee: "payee", asset: BTT, terms: RATE, transferable: false, start: 1_000n, deposit: "35", paid: "0", due: "0", ends: 1_120n, closing: false,
    ...more,
  };
}

test("whole steps are due, and the advance at once, as the contract's own test has it", () => {
  const due = (now: bigint) => drained(flow(), now).due;
  assert.deepEqual([900n, 1_000n, 1_059n, 1_060n, 1_119n, 1_120n, 1n << 63n].map(due), [10n, 10n, 10n, 20n, 20n, 30n, 30n]);
  assert.deepEqual([1_119n, 1_120n].map((now) => drained(flow(), now).isOver), [false, true]);
});

test("the parts of a deposit are the deposit at every second, and what runs is not due", () => {
  for (let now = 990n; now < 1_200n; now += 1n) {
    const at = drained(flow({ paid: "10" }), now);
    assert.equal(at.paid + at.due + at.left, 35n);
    assert.ok(at.running < 10n && at.running <= at.left);
    assert.equal(barsOf(at).reduce((sum, { units }) => sum + units, 0n), 35n);
    assert.equal(at.next === undefined, at.isOver);
  }
  assert.deepEqual([drained(flow(), 1_030n).running, drained(flow(), 1_030n).next], [5n, 1_060n]);
});

test("a clock that is behind what was paid makes nothing due, and nothing less than nothing", () => {
  assert.equal(drained(flow({ paid: "30" }), 1_000n).due, 0n);
});

test("vouchers make nothing due by themselves, and are over after their end", () => {
  const open = drained(flow({ terms: VOUCHERS, ends: 1_000n, paid: "5" }), 1_000n);
  assert.deepEqual([open.due, open.left, open.isOver, open.next], [0n, 30n, false, undefined]);
  assert.ok(drained(flow({ terms: VOUCHERS, ends: 1_000n }), 1_001n).isOver);
  assert.ok(drained(flow({ terms: VOUCHERS, ends: 1_000n, paid: "35" }), 5n).isOver);
});

test("a plan says how many units a deposit has, what is left below one, and when the last is due", () => {
  assert.deepEqual(planned(35n, 10n, 60n, 1n), { units: 3n, rest: 5n, seconds: 120n });
  assert.deepEqual(planned(35n, 10n, 60n, 9n), { units: 3n, rest: 5n, seconds: 0n });
  assert.deepEqual(planned(9n, 10n, 60n, 0n), { units: 0n, rest: 9n, seconds: 0n });
});

test("a payee takes what is due, a payer what is left when vouchers have ended, a stranger nothing", () => {
  const ended = flow({ id: 4n, terms: VOUCHERS, ends: 1_000n, paid: "5" });
  const of = (account: string, now: bigint) => takings([flow(), ended], [[BTT, 0n], [BTK, 0n]], account, now);
  assert.deepEqual(of("payee", 1_060n), [{ asset: BTT, units: 20n, messages: [{ settle: { id: 3n } }, { withdraw: { asset: BTT } }] }]);
  assert.deepEqual(of("payer", 1_000n), []);
  assert.deepEqual(of("payer", 1_001n), [{ asset: BTT, units: 30n, messages: [{ finish: { id: 4n } }, { withdraw: { asset: BTT } }] }]);
  assert.deepEqual(of("stranger", 5_000n), []);
});

test("credits are taken too, and of many streams those that bring the most", () => {
  const many = Array.from({ length: 40 }, (_, index) => flow({ id: BigInt(index + 1), deposit: `${(index + 1) * 10}` }));
  const [taking] = takings(many, [[BTT, 7n]], "payee", 1n << 40n);
  assert.equal(taking?.messages.length, 17);
  assert.deepEqual(taking?.messages[0], { settle: { id: 40n } });
  assert.equal(taking?.units, 7n + Array.from({ length: 16 }, (_, index) => BigInt(40 - index) * 10n).reduce((sum, one) => sum + one, 0n));
  assert.deepEqual(sumsOf([{ asset: BTT, units: 1n, messages: [] }, { asset: BTK, units: 2n, messages: [] }, { asset: BTT, units: 3n, messages: [] }]),
    [{ asset: BTT, units: 4n }, { asset: BTK, units: 2n }]);
});

test("others than the payer add whole units only, nobody to what closes, and nobody beyond ten years", () => {
  assert.equal(faultOfTopUp(flow(), 5n, "payee", 1_000n), "part");
  assert.equal(faultOfTopUp(flow(), 20n, "payee", 1_000n), undefined);
  assert.equal(faultOfTopUp(flow(), 5n, "payer", 1_000n), undefined);
  assert.equal(faultOfTopUp(flow({ terms: VOUCHERS, closing: true, ends: 9_000n }), 5n, "payer", 1_000n), "closing");
  assert.equal(faultOfTopUp(flow({ terms: VOUCHERS, ends: 999n }), 5n, "payer", 1_000n), "closing");
  const most = (MOST_SECONDS / 60n) * 10n;
  assert.equal(faultOfTopUp(flow(), most, "payer", 1_000n), "long");
  assert.equal(faultOfTopUp(flow(), most - 30n, "payer", 1_000n), undefined);
  // One that has drained begins anew, with what was left of it, and without its advance.
  assert.equal(faultOfTopUp(flow(), most - 4n, "payer", 9_000n), undefined);
  assert.equal(faultOfTopUp(flow(), most + 5n, "payer", 9_000n), "long");
});
