import assert from "node:assert/strict";
import { test } from "node:test";

import type { JobResponse, Phase } from "@bithive/client/contracts/jobs";

import { CAP, emitted, ERA_DAYS, eras, FIRST_DAY, nextHalving, ofDay } from "../src/lib/emission";
import { corners, spiral, view } from "../src/lib/hexagons";
import { dueOf, LIFE, members, progress } from "../src/lib/job";
import { sharesOf } from "../src/lib/stake";
import { splitToken } from "../src/lib/session";
import { keep, kept } from "../src/lib/storage";
import { readConfig } from "../src/lib/config";
import { addressOf } from "@bithive/client";

test("the emission is the contract's closed form", () => {
  const day = 86_400n;
  assert.equal(emitted(100n, 0n), 0n);
  assert.equal(emitted(100n, 100n + day), FIRST_DAY);
  // As packages/economics: at the beginning of era k it is CAP - ceil(CAP / 2^k).
  assert.equal(emitted(0n, ERA_DAYS * day), CAP / 2n);
  assert.equal(emitted(0n, 2n * ERA_DAYS * day), (CAP * 3n) / 4n);
  assert.ok(emitted(0n, 1n << 60n) < CAP);
  assert.equal(ofDay(0n, ERA_DAYS * day), FIRST_DAY / 2n);
  assert.equal(nextHalving(5n, 5n), 5n + ERA_DAYS * day);
  const points = eras(0n, 3);
  assert.deepEqual(points.map(({ amount }) => amount), [0n, CAP / 2n, (CAP * 3n) / 4n, (CAP * 7n) / 8n]);
});

test("cells of the spiral do not overlap, and all are in view", () => {
  const cells = spiral(61);
  for (const [index, one] of cells.entries()) {
    for (const other of cells.slice(index + 1)) {
      assert.ok(Math.hypot(one.x - other.x, one.y - other.y) > 1.7, `${index}`);
    }
  }
  const [left = 0, top = 0, width = 0, height = 0] = view(cells).split(" ").map(Number);
  assert.ok(cells.every(({ x, y }) => x - 1 >= left && x + 1 <= left + width && y - 1 >= top && y + 1 <= top + height));
  assert.equal(corners({ x: 0, y: 0 }, 1).split(" ").length, 6);
});

const PHASES: [Phase, string][] = [
  ["open", "done now later later later later later"],
  ["assigned", "done done done now later later later"],
  ["committed", "done done done done now later later"],
  ["revealed", "done done done done done now later"],
  ["settled", "done done done done done done done"],
  ["refunded", "done never never never never never never"],
  ["disputed", "done now later later later later later"],
];

test("each phase is at its stage", () => {
  assert.equal(LIFE.length, 7);
  for (const [phase, expected] of PHASES) {
    assert.equal(progress({ phase, round: 1 }).join(" "), expected, phase);
  }
});

test("a worker has to do what the chain lacks of it", () => {
  const worker = { address: "a", ask: "1", barred: false, bls_key: "", signed: false, slot: 1 };
  const job = (phase: Phase, more: object) => ({ phase, workers: [{ ...worker, ...more }] }) as unknown as JobResponse;
  assert.equal(dueOf(job("assigned", {}), "a"), "commit");
  assert.equal(dueOf(job("assigned", { commitment: "00" }), "a"), undefined);
  assert.equal(dueOf(job("committed", { commitment: "00" }), "a"), "reveal");
  assert.equal(dueOf(job("revealed", { in_quorum: true }), "a"), "sign");
  assert.equal(dueOf(job("revealed", { in_quorum: false }), "a"), undefined);
  assert.equal(dueOf(job("assigned", {}), "b"), undefined);
  assert.deepEqual(members(0b1011, 4), [0, 1, 3]);
  assert.deepEqual(members(2 ** 31, 32), [31]);
});

test("shares cover the amount that is asked for, and are never more than all", () => {
  assert.equal(sharesOf(10n, 100n, 50n), 5n);
  assert.equal(sharesOf(1n, 3n, 10n), 4n);
  assert.equal(sharesOf(101n, 100n, 50n), 50n);
  assert.equal(sharesOf(1n, 0n, 0n), 0n);
});

test("the token is taken out of the fragment, wherever it is", () => {
  const token = "abcDEF0123456789_-xyz";
  assert.deepEqual(splitToken(`#token=${token}`), { token, rest: "" });
  assert.deepEqual(splitToken(`#/job/7&token=${token}`), { token, rest: "#/job/7" });
  assert.deepEqual(splitToken("#/job/7"), { token: undefined, rest: "#/job/7" });
  assert.deepEqual(splitToken("#token=short"), { token: undefined, rest: "#token=short" });
});

test("a storage that is full or missing is no error", () => {
  assert.equal(keep("a", "b"), false);
  const full = { setItem() { throw new Error("QuotaExceededError"); }, getItem: () => "old" };
  Object.defineProperty(globalThis, "localStorage", { value: full, configurable: true });
  assert.equal(keep("a", "b"), false);
  assert.equal(kept("a"), "old");
  delete (globalThis as { localStorage?: unknown }).localStorage;
});

test("a configuration of another form is refused with its place", () => {
  const token = addressOf(Uint8Array.from({ length: 33 }, () => 2));
  const config = {
    format: 1, version: "0.1.0", chain: { kind: "embedded", id: "a-1", fee_denom: "ubee", gas_price: "0.025", more: 1 },
    contracts: { token }, courier: { endpoint: "00", relay: null }, demonstration: false,
  };
  assert.equal(readConfig(JSON.stringify(config)).contracts["token"], token);
  assert.equal(readConfig(JSON.stringify(config)).courier, true);
  assert.throws(() => readConfig(JSON.stringify({ ...config, format: 2 })), /format/);
  assert.throws(() => readConfig(JSON.stringify({ ...config, contracts: { token: "<script>" } })), /address/);
  assert.throws(() => readConfig(JSON.stringify({ ...config, chain: { ...config.chain, gas_price: "all" } })), /gas_price/);
  assert.throws(() => readConfig("[]"), /no object/);
});
