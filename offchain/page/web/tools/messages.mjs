// Compares the message files: the same keys, the same places to fill, every plural of each language; and with the code: every
// message that is used is there, and none is there for nothing. Exit code 1 with what differs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../src");
const languages = ["en", "de", "zh-Hans"];
const messages = Object.fromEntries(languages.map((language) =>
  [language, JSON.parse(readFileSync(join(root, `messages/${language}.json`), "utf8"))]));
const faults = [];

function places(message) {
  const texts = typeof message === "string" ? [message] : Object.values(message);
  return [...new Set(texts.flatMap((text) => text.match(/\{[a-z]+\}/g) ?? []))].sort().join(" ");
}

for (const language of languages) {
  const own = messages[language];
  const plurals = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const [key, message] of Object.entries(messages.en)) {
    if (!Object.hasOwn(own, key)) {
      faults.push(`${language}: ${key} is missing`);
      continue;
    }
    if (places(own[key]) !== places(message)) {
      faults.push(`${language}: ${key} fills "${places(own[key])}", in English "${places(message)}"`);
    }
    const forms = typeof own[key] === "string" ? plurals : Object.keys(own[key]);
    for (const plural of plurals.filter((name) => !forms.includes(name))) {
      faults.push(`${language}: ${key} has no plural "${plural}"`);
    }
    if ((typeof own[key] === "string" ? [own[key]] : Object.values(own[key])).some((text) => text === "" || /[<>]/.test(text))) {
      faults.push(`${language}: ${key} is empty, or looks like markup`);
    }
  }
  for (const key of Object.keys(own).filter((name) => !Object.hasOwn(messages.en, name))) {
    faults.push(`${language}: ${key} is not in English`);
  }
}

const sources = readdirSync(root, { recursive: true }).filter((name) => /\.(svelte|ts)$/.test(name));
const code = sources.map((name) => readFileSync(join(root, name), "utf8")).join("\n");
const literals = new Set([...code.matchAll(/"([a-z0-9_.]+)"/g)].map(([, text]) => text));
for (const key of Object.keys(messages.en).filter((name) => !literals.has(name))) {
  faults.push(`${key} is not used`);
}
for (const [, key] of code.matchAll(/\bt\(\s*"([^"]+)"/g)) {
  if (!Object.hasOwn(messages.en, key)) {
    faults.push(`${key} is used, and in no file`);
  }
}

for (const fault of faults) {
  console.error(fault);
}
console.log(`${Object.keys(messages.en).length} messages in ${languages.length} languages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
