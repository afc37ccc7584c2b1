import assert from "node:assert/strict";
import { test } from "node:test";

import { plainDigits, readAmount, shorten, showAmount, showBps, showDigits, showDuration, showRelative, showShare } from "../src/lib/format";

test("amounts are written in each language, and no digit is lost", () => {
  assert.equal(showDigits(1_234_567_890_001n, "en"), "1,234,567.890001");
  assert.equal(showDigits(1_234_567_890_001n, "de"), "1.234.567,890001");
  assert.equal(showDigits((1n << 128n) - 1n, "en"), "340,282,366,920,938,463,463,374,607,431,768.211455");
  assert.equal(showAmount("500000", "BTT", "en"), "0.5\u00a0BTT");
});

test("amounts are read with the language's own sign only", () => {
  assert.equal(readAmount(" 12.5 ", "en"), 12_500_000n);
  assert.equal(readAmount("12,5", "de"), 12_500_000n);
  for (const language of ["en", "de", "zh-Hans"] as const) {
    assert.equal(readAmount(plainDigits(1_234_567_890_100n, language), language), 1_234_567_890_100n);
  }
  for (const [text, language] of [["12,5", "en"], ["12.5", "de"], ["1.234,5", "de"], ["1,234.5", "en"], ["-1", "en"], ["1e3", "en"], ["0x1", "en"], ["1.2.3", "en"], [".5", "en"], ["5.", "en"]] as const) {
    assert.equal(readAmount(text, language), "form", `${text} in ${language}`);
  }
  assert.equal(readAmount("0.0000001", "en"), "decimals");
  assert.equal(readAmount("0.000000", "en"), "zero");
  assert.equal(readAmount("", "en"), "empty");
  assert.equal(readAmount("9".repeat(40), "en"), "large");
});

test("shares and times are those of the numbers", () => {
  assert.equal(showShare(1n, 3n, "en"), "33.33%");
  assert.equal(showShare(0n, 0n, "en"), "0%");
  assert.equal(showBps(10_000, "en"), "100%");
  assert.equal(showRelative(1_000n, 1_000n + 7_200n, "en"), "2 hours ago");
  assert.equal(showRelative(90_000n, 0n, "en"), "tomorrow");
  assert.equal(showDuration(86_400n * 21n, "en"), "21 days");
  assert.equal(showDuration(90n, "en"), "90 seconds");
});

test("long texts keep both ends", () => {
  assert.equal(shorten("bithive1qqqqqqqqqqqqqqqqqqqqzzzzzz"), "bithive1qqqq…zzzzzz");
  assert.equal(shorten("short"), "short");
});
