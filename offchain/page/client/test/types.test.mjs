// @ts-check
/**
 * The types of src/contracts are those that ts-codegen makes from the same schema, with bigint for integers of 64 bits,
 * for which ts-codegen says number.
 *
 * ts-codegen gets the schema with one change: each integer of format uint64 is a reference to a definition `Exact`, for
 * which it writes `type Exact = string`; here that line becomes `type Exact = bigint`. What is compared is then identity,
 * which tells optional from nullable and number from bigint, field by field:
 *
 * - each type that ts-codegen exports by the name of one of ours;
 * - the answer to each query: arrays and nullable ones have names of their own in ts-codegen, which `Responses` has not;
 * - and no type of theirs is left over, and none of ours.
 *
 * Then the same with a fault in their types, which has to show in every type that it touches.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
/** @type {(input: object) => Promise<void>} */
const codegen = require("@cosmwasm/ts-codegen").default;

const SCHEMA = fileURLToPath(new URL("../../../../schema", import.meta.url));
const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const TSC = fileURLToPath(new URL("../node_modules/.bin/tsc", import.meta.url));
const CONTRACTS = readdirSync(SCHEMA).sort();
const OPTIONS = Object.fromEntries(
  ["bundle", "client", "reactQuery", "messageComposer", "messageBuilder", "recoil"].map((plugin) => [plugin, { enabled: false }]),
);
/** Of `codec.ts`, or one value, or what classes of ours are. */
const SCALARS = ["Addr", "Binary", "HexBinary", "Timestamp", "Uint128", "Uint64"];

const folder = mkdtempSync(join(tmpdir(), "bithive-types-"));
after(() => rmSync(folder, { recursive: true }));

/** The schema with a reference in place of each integer of 64 bits. @param {any} schema @returns {any} */
function exact(schema) {
  if (typeof schema !== "object" || schema === null) {
    return schema;
  }
  if (Array.isArray(schema)) {
    return schema.map(exact);
  }
  if (schema.format === "uint64") {
    const { type, format, minimum, ...rest } = schema;
    const reference = { $ref: "#/definitions/Exact" };
    return Array.isArray(type) ? { ...rest, anyOf: [reference, { type: "null" }] } : { ...rest, allOf: [reference] };
  }
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, exact(part)]));
}

/** @param {any} schema the whole schema of a contract */
function withDefinition(schema) {
  const define = (/** @type {any} */ root) => root && { ...root, definitions: { ...root.definitions, Exact: { type: "string" } } };
  const { instantiate, execute, query, migrate, responses, ...rest } = exact(schema);
  return {
    ...rest,
    instantiate: define(instantiate),
    execute: define(execute),
    query: define(query),
    migrate: define(migrate),
    responses: Object.fromEntries(Object.entries(responses).map(([name, response]) => [name, define(response)])),
  };
}

/** Names and texts of the exported types of a module. @param {string} text */
function declarations(text) {
  const found = text.matchAll(/^export (?:type|interface) (\w+)([^]*?)(?=^export |$(?![^]))/gm);
  return new Map(Array.from(found, ([, name = "", body = ""]) => [name, body]));
}

/** `Array_of_Nullable_NodeResponse` as ts-codegen may write it, told apart by letters only. @param {string} name */
function letters(name) {
  return name.replaceAll("_", "").toLowerCase();
}

/** @param {string[]} files */
function compile(files) {
  const options = {
    compilerOptions: {
      strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true, types: [],
      target: "ES2022", lib: ["ES2023", "DOM"], module: "NodeNext", moduleResolution: "NodeNext",
    },
    files,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  try {
    execFileSync(TSC, ["-p", folder, "--pretty", "false"], { encoding: "utf8", stdio: "pipe" });
    return "";
  } catch (error) {
    return /** @type {any} */ (error).stdout + /** @type {any} */ (error).stderr;
  }
}

const SAME = "type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;\n";

/** @type {Map<string, { contract: string, module: string, text: string, pairs: [theirs: string, ours: string][] }>} */
const compared = new Map();

/**
 * What ts-codegen makes of a schema, with 64 bits as bigint.
 * @param {string} place folder of its own @param {any} schema
 */
async function generate(place, schema) {
  const input = join(folder, "schema", place);
  mkdirSync(input, { recursive: true });
  writeFileSync(join(input, `${place}.json`), JSON.stringify(withDefinition(schema)));
  const quiet = console.log;
  console.log = () => {};
  await codegen({ contracts: [{ name: place, dir: input }], outPath: join(folder, place), options: { ...OPTIONS, types: { enabled: true } } });
  console.log = quiet;

  const module = readdirSync(join(folder, place)).find((file) => file.endsWith(".types.ts")) ?? "";
  const written = readFileSync(join(folder, place, module), "utf8");
  const text = written.replace("export type Exact = string;", "export type Exact = bigint;");
  const theirs = declarations(text);
  const has64 = JSON.stringify(schema).includes('"uint64"');
  assert.equal(theirs.delete("Exact"), has64, place);
  assert.equal(text !== written, has64, place);
  return { module, text, theirs };
}

test("ts-codegen names the same types and answers", async () => {
  for (const contract of CONTRACTS) {
    const schema = JSON.parse(readFileSync(join(SCHEMA, contract, `${contract}.json`), "utf8"));
    const { module, text, theirs } = await generate(contract, schema);
    const ours = declarations(readFileSync(fileURLToPath(new URL(`../src/contracts/${contract}.ts`, import.meta.url)), "utf8"));
    ours.delete("Responses");
    /** @type {[string, string][]} */
    const pairs = [];
    for (const name of [...theirs.keys()].filter((name) => ours.has(name))) {
      pairs.push([`Theirs.${name}`, `Ours.${name}`]);
      ours.delete(name);
      theirs.delete(name);
    }
    for (const scalar of SCALARS.filter((name) => theirs.delete(name))) {
      pairs.push([`Theirs.${scalar}`, `Main.${scalar}`]);
    }
    const named = new Map([...declarations(text).keys()].map((name) => [letters(name), name]));
    for (const [query, { title }] of Object.entries(/** @type {Record<string, { title: string }>} */ (schema.responses))) {
      const name = named.get(letters(title));
      assert(name !== undefined, `${contract}: ts-codegen has no type for the answer to ${query}`);
      pairs.push([`Theirs.${name}`, `Ours.Responses["${query}"]`]);
      theirs.delete(name);
    }
    assert.deepEqual([...theirs.keys()], [], `${contract}: types that only ts-codegen has`);
    compared.set(contract, { contract, module: module.replace(".ts", ".js"), text, pairs });

    // What is sent with tokens, which ts-codegen knows as messages only.
    const hook = join(SCHEMA, contract, "hook.json");
    if (existsSync(hook)) {
      const place = `${contract}-hook`;
      const of = await generate(place, { ...schema, execute: JSON.parse(readFileSync(hook, "utf8")) });
      const named = [...ours.keys()].filter((name) => of.theirs.has(name));
      assert(named.includes("Hook"), `${contract}: ts-codegen has no Hook`);
      named.forEach((name) => ours.delete(name));
      compared.set(place, { contract, module: of.module.replace(".ts", ".js"), text: of.text, pairs: named.map((name) => [`Theirs.${name}`, `Ours.${name}`]) });
    }
    assert.deepEqual([...ours.keys()], [], `${contract}: types that only src/contracts has`);
  }
  assert(compared.size > CONTRACTS.length);
});

test("and means the same by each", () => {
  let count = 0;
  const files = [...compared].map(([place, { contract, module, text, pairs }]) => {
    writeFileSync(join(folder, place, module.replace(".js", ".ts")), text);
    count += pairs.length;
    return comparison(place, contract, module, pairs.map((pair) => [...pair, true]));
  });
  assert.equal(compile(files), "");
  assert(count > 300, `${count} types`);
});

for (const [fault, pattern, replacement] of /** @type {const} */ ([
  ["a field that is not optional any more", /\?:/g, ":"],
  ["a value that can't be null any more", / \| null/g, ""],
  ["64 bits as a number", /\bExact\b(?! =)/g, "number"],
  ["another name of a field", /\b(job_id|amount|owner|id)(\??):/g, "$1_$2:"],
])) {
  test(`a fault in a type shows: ${fault}`, () => {
    let count = 0;
    const files = [...compared].map(([place, { contract, module, text, pairs }]) => {
      const broken = `Broken.${module}`;
      writeFileSync(join(folder, place, broken.replace(".js", ".ts")), text.replace(pattern, replacement));
      const bodies = declarations(text);
      const touched = pairs.filter(([theirs, ours]) => {
        const body = bodies.get(theirs.replace("Theirs.", "")) ?? "";
        return !ours.startsWith("Main.") && body.replace(pattern, replacement) !== body;
      });
      count += touched.length;
      return comparison(place, contract, broken, touched.map((pair) => [...pair, false]));
    });
    assert.equal(compile(files), "");
    assert(count > 20, `${count} types are touched`);
  });
}

/** @param {string} place @param {string} contract @param {string} module @param {[theirs: string, ours: string, same: boolean][]} pairs */
function comparison(place, contract, module, pairs) {
  const file = join(folder, place, "compare.ts");
  const lines = pairs.map(([theirs, ours, same], index) => `export const of${index}: Same<${theirs}, ${ours}> = ${same};\n`);
  writeFileSync(file, `import type * as Main from "${DIST}/index.js";
import type * as Ours from "${DIST}/contracts/${contract}.js";
import type * as Theirs from "./${module}";
${SAME}export type Used = Main.Addr;\n${lines.join("")}`);
  return file;
}
