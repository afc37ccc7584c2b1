import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseLanguage, Words, type Key } from "../src/lib/i18n";

test("the first language that the page has is chosen, and no other script of Chinese", () => {
  assert.equal(chooseLanguage(["fr-FR", "de-AT", "en"]), "de");
  assert.equal(chooseLanguage(["zh-CN"]), "zh-Hans");
  assert.equal(chooseLanguage(["zh"]), "zh-Hans");
  assert.equal(chooseLanguage(["zh-Hant-TW", "en-GB"]), "en");
  assert.equal(chooseLanguage(["zh-TW"]), "en");
  assert.equal(chooseLanguage([]), "en");
  assert.equal(chooseLanguage(["english"]), "en");
});

test("places are filled, plurals are chosen, and numbers have the language's signs", () => {
  const words = new Words("de", { a: { one: "{n} Knoten von {name}", other: "{n} Knoten, {name}" } });
  const key = "a" as Key;
  assert.equal(words.say(key, { n: 1, name: "x" }), "1 Knoten von x");
  assert.equal(words.say(key, { n: 1234n, name: "x" }), "1.234 Knoten, x");
});

test("what fills a place is text: it fills no other place, and is no pattern", () => {
  const words = new Words("en", { a: "{one} {two}" });
  assert.equal(words.say("a" as Key, { one: "{two} $& <script>", two: "2" }), "{two} $& <script> 2");
});

test("a missing key or value shows itself", () => {
  const words = new Words("en", { a: "{one}" });
  assert.equal(words.say("toString" as Key), "toString");
  assert.equal(words.say("a" as Key, {}), "{one}");
});
