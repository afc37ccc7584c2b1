// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { JsonError, parseJson, writeJson } from "@bithive/client";

/** @type {[name: string, base64: string][]} */
const SUITE = JSON.parse(readFileSync(new URL("vectors/json-test-suite.json", import.meta.url), "utf8"));

/** Where this reader differs from the suite: a name twice has no one meaning. */
const REFUSED = ["y_object_duplicated_key", "y_object_duplicated_key_and_value"];

/** What is up to the reader and taken: a rounded fraction or exponent is what was written, as far as a number can be. */
const TAKEN = [
  "i_number_double_huge_neg_exp",
  "i_number_real_underflow",
  "i_number_too_big_neg_int",
  "i_number_too_big_pos_int",
  "i_number_very_big_negative_int",
];

/** @param {string | Uint8Array} text */
function isTaken(text) {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    assert(error instanceof JsonError, String(error));
    return false;
  }
}

/** The value as `JSON.parse` has it. @param {unknown} value @returns {unknown} */
function rounded(value) {
  if (typeof value === "bigint") {
    return Number(value);
  }
  if (Array.isArray(value)) {
    return value.map(rounded);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, rounded(field)]))
    : value;
}

test("JSONTestSuite is read as it says", () => {
  /** @type {Record<string, number>} */
  const counts = { y: 0, n: 0, i: 0 };
  for (const [name, base64] of SUITE) {
    const bytes = Buffer.from(base64, "base64");
    const kind = name.charAt(0);
    counts[kind] = (counts[kind] ?? 0) + 1;
    const expected = kind === "i" ? TAKEN.includes(name) : kind === "y" && !REFUSED.includes(name);
    assert.equal(isTaken(bytes), expected, name);
    if (expected) {
      assert.deepEqual(rounded(parseJson(bytes)), JSON.parse(bytes.toString("utf8")), name);
    }
  }
  assert.deepEqual(counts, { y: 95, n: 186, i: 35 });
  // The two files that are too long to be kept.
  assert(!isTaken("[".repeat(100_000)));
  assert(!isTaken('[{"":'.repeat(50_000) + "\n"));
});

test("integers keep every digit, and only integers are bigints", () => {
  const text = '{"a":18446744073709551615,"b":-9007199254740993,"c":0,"d":[1,1.0,1e0,-0,0.5]}';
  const value = /** @type {any} */ (parseJson(text));
  assert.deepEqual({ ...value }, { a: 2n ** 64n - 1n, b: -(2n ** 53n) - 1n, c: 0n, d: [1n, 1, 1, -0, 0.5] });
  assert.equal(parseJson("340282366920938463463374607431768211455"), 2n ** 128n - 1n);
  assert.throws(() => parseJson("9".repeat(79)), /more than 78 digits/);
  assert.throws(() => parseJson("1e999"), /64-bit floating point/);
});

test("depth and size have limits, and errors say where", () => {
  const nested = (/** @type {number} */ depth) => "[".repeat(depth) + "]".repeat(depth);
  assert(isTaken(nested(64)));
  assert(!isTaken(nested(65)));
  assert.doesNotThrow(() => parseJson("[[],[],{}]", { depth: 2 }), "what has ended does not count");
  assert.throws(() => parseJson("[[[]]]", { depth: 2 }), { name: "JsonError", at: 2 });
  assert.throws(() => parseJson('"123"', { size: 4 }), /expected at most 4/);
  assert.throws(() => parseJson('{"a":1,}'), /expected a name in quotes, found "}", at position 7/);
  assert.throws(() => parseJson('{"a":1,"a":2}'), /the name "a" is there twice, at position 7/);
  assert.throws(() => parseJson("[1 2]"), /expected "," or "\]", found "2"/);
  assert.throws(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22)), /not UTF-8/);
});

test("no name has a meaning of its own", () => {
  const value = /** @type {any} */ (parseJson('{"__proto__":{"polluted":true},"constructor":1}'));
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor"]);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

test("what is written is what JSON.stringify writes, with bigints as digits", () => {
  const value = { b: [1, "é\"\\\n\u2028\ud800", null, true, { c: undefined, d: -1.5 }], a: {} };
  assert.equal(writeJson(value), JSON.stringify(value));
  assert.equal(writeJson({ a: 2n ** 64n - 1n, b: [-1n] }), '{"a":18446744073709551615,"b":[-1]}');
  for (const bad of [NaN, Infinity, 2 ** 53, [undefined], () => 1, Symbol("a")]) {
    assert.throws(() => writeJson(bad), TypeError);
  }
  const circle = {};
  Object.assign(circle, { circle });
  assert.throws(() => writeJson(circle), /within each other/);
});
