// @ts-check
/** What the codecs take is what the schema says: each against values made from the schema itself, good and bad. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { readValue, writeValue } from "@bithive/client";
import { Random } from "./random.mjs";

const SCHEMA = fileURLToPath(new URL("../../../../schema", import.meta.url));
const VALUES = 12;

/** Values of definitions that the schema only calls text. @type {Record<string, (random: Random) => string>} */
const TEXTS = {
  Binary: (random) => Buffer.from(random.bytes(random.below(40))).toString("base64"),
  HexBinary: (random) => Buffer.from(random.bytes(random.below(40))).toString("hex"),
  Uint128: (random) => random.bigint(128).toString(),
  Uint64: (random) => random.bigint(64).toString(),
  Timestamp: (random) => random.bigint(64).toString(),
};
/** Texts that none of them is. */
const NO_TEXTS = { Binary: ["A", "AA=A", "é==="], HexBinary: ["a", "zz"], Uint128: ["", "-1", "01", `${2n ** 128n}`], Uint64: [`${2n ** 64n}`, "1.0"] };

/**
 * A value of a schema, as text of JSON; and texts of values that differ from it in one place and are none.
 * @param {any} schema @param {any} definitions @param {Random} random
 * @returns {{ good: string, bad: string[] }}
 */
function sample(schema, definitions, random) {
  if (schema.allOf) {
    return sample(schema.allOf[0], definitions, random);
  }
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    const make = TEXTS[name];
    const bad = /** @type {Record<string, string[]>} */ (NO_TEXTS)[name] ?? [];
    return make ? { good: JSON.stringify(make(random)), bad: [...bad.map((text) => JSON.stringify(text)), "1", "null"] } : sample(definitions[name], definitions, random);
  }
  if (schema.anyOf) {
    return random.below(3) === 0 ? { good: "null", bad: [] } : without("null", sample(schema.anyOf[0], definitions, random));
  }
  if (schema.oneOf) {
    const chosen = sample(random.pick(schema.oneOf), definitions, random);
    return { good: chosen.good, bad: [...chosen.bad, '"no variant"', '{"no_variant":{}}', "{}", "[]", "null"] };
  }
  if (schema.enum) {
    return { good: JSON.stringify(random.pick(schema.enum)), bad: ['"no variant"', "1"] };
  }
  if (Array.isArray(schema.type)) {
    return random.below(3) === 0 ? { good: "null", bad: [] } : without("null", sample({ ...schema, type: schema.type[0] }, definitions, random));
  }
  switch (schema.type) {
    case "integer": {
      const bits = Number(schema.format.replace("uint", ""));
      const good = random.pick([random.bigint(bits), 0n, 2n ** BigInt(bits) - 1n]).toString();
      return { good, bad: ["-1", "-0", "1.0", "1e2", `"${good}"`, `${2n ** BigInt(bits)}`, "null", "true", "[]"] };
    }
    case "string":
      return { good: JSON.stringify(random.text(12)), bad: ["1", "null", "[]", "{}"] };
    case "boolean":
      return { good: random.pick(["true", "false"]), bad: ["0", "null", '"true"'] };
    case "array": {
      const items = random.list(3, () => sample(schema.items, definitions, random));
      const bad = items.flatMap((item, at) => item.bad.map((text) => items.map((one, index) => (index === at ? text : one.good))));
      return { good: `[${items.map(({ good }) => good)}]`, bad: [...bad.map((texts) => `[${texts}]`), "{}", '"[]"'] };
    }
    default:
      return object(schema, definitions, random);
  }
}

/** @param {string} text @param {{ good: string, bad: string[] }} sample */
function without(text, { good, bad }) {
  return { good, bad: bad.filter((one) => one !== text) };
}

/** @param {any} schema @param {any} definitions @param {Random} random */
function object(schema, definitions, random) {
  assert.equal(schema.additionalProperties, false);
  const required = schema.required ?? [];
  const names = Object.keys(schema.properties ?? {}).filter((name) => required.includes(name) || random.below(3) > 0);
  const fields = names.map((name) => ({ name, ...sample(schema.properties[name], definitions, random) }));
  const text = (/** @type {{ name: string, good: string }[]} */ parts) =>
    `{${parts.map(({ name, good }) => `${JSON.stringify(name)}:${good}`)}}`;
  const faults = fields.flatMap((field, at) => field.bad.map((good) => text(fields.map((one, index) => (index === at ? { name: one.name, good } : one)))));
  const missing = fields.filter(({ name }) => required.includes(name)).map(({ name }) => text(fields.filter((one) => one.name !== name)));
  const more = text([...fields, { name: "no_field", good: "1" }]);
  return { good: text(fields), bad: [...faults, ...missing, more, "[]", "null", '"a"'] };
}

for (const contract of readdirSync(SCHEMA).sort()) {
  test(`${contract}: codecs take what the schema says, and nothing else`, async () => {
    const schema = JSON.parse(readFileSync(`${SCHEMA}/${contract}/${contract}.json`, "utf8"));
    const module = await import(`@bithive/client/contracts/${contract}`);
    const random = new Random(Buffer.from(contract).readUInt32BE());
    /** @type {[string, any, any][]} */
    const roots = [
      ...["instantiate", "execute", "query", "migrate"].map((role) => /** @type {[string, any, any]} */ ([role, schema[role], module[`${role}Msg`]])),
      ...Object.keys(schema.responses).map((query) => /** @type {[string, any, any]} */ ([query, schema.responses[query], module.responses[query]])),
    ];
    let refused = 0;
    for (const [name, root, codec] of roots) {
      const definitions = { ...root.definitions };
      const isScalar = TEXTS[root.title] !== undefined;
      for (let count = 0; count < VALUES; count += 1) {
        const { good, bad } = sample(isScalar ? { $ref: root.title } : root, definitions, random);
        const value = readValue(codec, name, good);
        assert.equal(writeValue(codec, name, value), good, name);
        for (const text of bad.filter(() => random.below(4) === 0)) {
          refused += 1;
          assert.throws(() => readValue(codec, name, text), (/** @type {any} */ error) =>
            error.kind === "unreadable" && error.what.startsWith(name), `${name} takes ${text}`);
        }
      }
    }
    assert(refused > 100, `${refused} refused`);
  });
}

test("a caller's mistake names the field and what is expected", async () => {
  const { executeMsg, Messages } = await import("@bithive/client/contracts/jobs");
  const at = (/** @type {any} */ message) => {
    try {
      writeValue(executeMsg, "jobs", message);
    } catch (error) {
      return /** @type {any} */ (error).problem;
    }
    return undefined;
  };
  assert.deepEqual(at({ cancel: { job_id: 1 } }), {
    kind: "invalid_input", field: "jobs.cancel.job_id", reason: "expected a bigint from 0n to 2n ** 64n - 1n, found 1",
  });
  assert.match(at({ finalize_many: { signature: "", statements: [{ job_id: 1n, signers: 2 ** 32 }] } }).field, /statements\[0\]\.signers$/);
  assert.match(at({ finalize_many: { signature: "", statements: [{ job_id: 1n, signers: 1n }] } }).reason, /0 to 4294967295, found 1n/);
  assert.match(at({ cancel: {} }).field, /job_id$/);
  assert.match(at({ cancel: { job_id: 1n, more: 1 } }).reason, /expected only job_id, found "more"/);
  assert.match(at({ cancel: { job_id: 1n }, withdraw: {} }).reason, /one field/);
  assert.equal(at({ set_emissions: { emissions: undefined } }), undefined, "undefined is left out");
  assert.throws(() => new Messages("bithive1x", "bithive1y").withdraw(), { kind: "invalid_address" });
});
