// @ts-check
/**
 * Writes src/contracts/<name>.ts for each contract of schema/.
 *
 *   node gen/generate.mjs           write
 *   node gen/generate.mjs --check   compare; names the files that differ, exit code 1
 */

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { moduleOf } from "./module.mjs";

const SCHEMA = fileURLToPath(new URL("../../../../schema/", import.meta.url));
const MODULES = fileURLToPath(new URL("../src/contracts/", import.meta.url));

/** The text of each module, by its file. */
function computed() {
  const names = readdirSync(SCHEMA).sort();
  return new Map(names.map((name) => {
    const read = (/** @type {string} */ file) => JSON.parse(readFileSync(`${SCHEMA}${name}/${file}.json`, "utf8"));
    return [`${name}.ts`, moduleOf(read(name), existsSync(`${SCHEMA}${name}/hook.json`) ? read("hook") : undefined)];
  }));
}

function main() {
  const [option, ...more] = process.argv.slice(2);
  if (more.length > 0 || (option !== undefined && option !== "--check")) {
    console.error(`gen/generate.mjs: unknown argument ${more[0] ?? option}; expected none or --check`);
    return 2;
  }
  const files = computed();
  mkdirSync(MODULES, { recursive: true });
  const stored = new Map(readdirSync(MODULES).map((file) => [file, readFileSync(MODULES + file, "utf8")]));
  const differ = [...new Set([...files.keys(), ...stored.keys()])].filter((file) => files.get(file) !== stored.get(file));
  if (option === "--check") {
    if (differ.length > 0) {
      console.error(`src/contracts differs from schema/ in ${differ.join(", ")}; run node gen/generate.mjs and commit`);
    }
    return differ.length > 0 ? 1 : 0;
  }
  for (const file of differ) {
    const text = files.get(file);
    if (text === undefined) {
      rmSync(MODULES + file);
    } else {
      writeFileSync(MODULES + file, text);
    }
  }
  return 0;
}

process.exitCode = main();
