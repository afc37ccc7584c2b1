// @ts-check
/** JSON schema of contracts to types and codecs of TypeScript. What it does not know, it refuses. */

import { readFileSync } from "node:fs";

/**
 * @typedef {boolean | { [key: string]: any }} Schema
 * @typedef {{ type: string, codec: string }} Form text of a type, and of the codec that checks it
 */

/** Definitions of `cosmwasm_std` that are one text each, with their codec. Types and codecs are in `src/codec.ts`. */
const SCALARS = new Map([
  ["Addr", "text"],
  ["Binary", "binary"],
  ["HexBinary", "hexBinary"],
  ["Timestamp", "uint64"],
  ["Uint128", "uint128"],
  ["Uint64", "uint64"],
]);

const INTEGERS = new Map([
  ["uint8", { type: "number", codec: "u8" }],
  ["uint16", { type: "number", codec: "u16" }],
  ["uint32", { type: "number", codec: "u32" }],
  ["uint64", { type: "bigint", codec: "u64" }],
]);

/** The names that `src/codec.ts` exports: a module imports them, so no type's codec may have one of them. */
const TAKEN = new Set(
  [...readFileSync(new URL("../src/codec.ts", import.meta.url), "utf8").matchAll(/^export (?:const|function) (\w+)/gm)]
    .map(([, name]) => name),
);

/** What may stand in a schema beside what makes its type. */
const ANNOTATIONS = new Set(["$schema", "title", "description", "definitions", "minimum"]);

/** `Asset_for_String` to `AssetForString`. @param {string} name */
export function typeName(name) {
  return name.split("_").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
}

/** `open_rounds` to `openRounds`. @param {string} name */
export function memberName(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** `AssetForString` to `assetForString`; `List` to `listCodec`, as `list` is taken. @param {string} name */
function codecName(name) {
  const codec = name.charAt(0).toLowerCase() + name.slice(1);
  return TAKEN.has(codec) ? `${codec}Codec` : codec;
}

/**
 * A doc comment, or nothing. Links of rustdoc become plain names.
 * @param {string | undefined} text
 * @param {string} indent
 */
export function comment(text, indent) {
  if (text === undefined) {
    return "";
  }
  const width = 118 - indent.length;
  const plain = text.replace(/\[(`[^`]*`)\](\([^)]*\))?/g, "$1").replaceAll("*/", "* /");
  const lines = plain.split("\n").flatMap((line) => wrap(line, width - 3));
  const [only = "", ...more] = lines;
  if (more.length === 0 && only.length + 7 <= width) {
    return `${indent}/** ${only} */\n`;
  }
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** @param {string} line @param {number} width */
function wrap(line, width) {
  /** @type {string[]} */
  const lines = [];
  let last = "";
  for (const word of line.split(" ")) {
    if (last !== "" && last.length + 1 + word.length > width) {
      lines.push(last);
      last = word;
    } else {
      last = last === "" ? word : `${last} ${word}`;
    }
  }
  return [...lines, last];
}

/** The types of one contract, in the order in which each stands after those that it is made of. */
export class Types {
  /** @type {Map<string, string>} text of each schema by its name: one name has one meaning in a contract */
  #known = new Map();
  /** @type {Map<string, Schema>} */
  #definitions = new Map();
  /** @type {Map<string, number>} how often the text uses each scalar and combinator */
  #used = new Map();
  /** @type {string[]} */
  #declarations = [];

  /** The declarations so far. */
  get text() {
    return this.#declarations.join("\n");
  }

  /**
   * What a module has to import from `codec.ts`.
   * @param {string[]} more types that it names beside those of its schema
   */
  imports(more = []) {
    more.forEach((name) => this.#use(name));
    const used = [...this.#used].filter(([, times]) => times > 0).map(([name]) => name).sort();
    const types = used.filter((name) => SCALARS.has(name)).map((name) => `type ${name}`);
    return [...used.filter((name) => !SCALARS.has(name)), "type Codec", ...types].join(", ");
  }

  /**
   * Declares a message or a response and all that it is made of, and gives its form.
   * @param {any} root
   */
  root(root) {
    for (const [name, schema] of Object.entries(root.definitions ?? {})) {
      this.#define(name, schema);
    }
    const { title } = root;
    if (SCALARS.has(title)) {
      return this.#scalar(title);
    }
    const isNamed = root.oneOf !== undefined || root.type === "object";
    return isNamed ? this.#declare(title, root) : this.#form(root, title, "");
  }

  /** @param {string} name @param {Schema} schema */
  #define(name, schema) {
    const known = this.#definitions.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`${name} has two meanings`);
    }
    this.#definitions.set(name, schema);
  }

  /** @param {string} name @returns {Form} */
  #scalar(name) {
    this.#use(name);
    return { type: name, codec: this.#use(/** @type {string} */ (SCALARS.get(name))) };
  }

  /** @param {string} name @param {number} times */
  #use(name, times = 1) {
    this.#used.set(name, (this.#used.get(name) ?? 0) + times);
    return name;
  }

  /** @param {string} name @param {any} schema @returns {Form} */
  #declare(name, schema) {
    const type = typeName(name);
    const codec = codecName(type);
    const { $schema, definitions, title, ...own } = schema;
    const meaning = JSON.stringify(own);
    const known = this.#known.get(type);
    if (known === meaning) {
      return { type, codec };
    }
    if (known !== undefined) {
      throw new Error(`${name} has two meanings, or is part of itself`);
    }
    this.#known.set(type, meaning);
    const form = this.#form(schema, name, "");
    const keyword = schema.type === "object" ? `interface ${type} ` : `type ${type} =\n  `;
    const end = schema.type === "object" ? "\n" : ";\n";
    this.#declarations.push(
      `${comment(schema.description, "")}export ${keyword}${form.type}${end}`
      + `/** Checks {@link ${type}}. */\nexport const ${codec}: Codec<${type}> = /* @__PURE__ */ ${form.codec};\n`,
    );
    return { type, codec };
  }

  /** @param {any} schema @param {string} at @param {string} indent @returns {Form} */
  #form(schema, at, indent) {
    const keys = Object.keys(schema).filter((key) => !ANNOTATIONS.has(key)).sort().join(" ");
    switch (keys) {
      case "$ref":
        return this.#reference(schema.$ref, at);
      case "allOf":
        if (schema.allOf.length === 1) {
          return this.#form(schema.allOf[0], at, indent);
        }
        break;
      case "anyOf":
        if (schema.anyOf.length === 2 && schema.anyOf[1].type === "null") {
          return this.#nullable(this.#form(schema.anyOf[0], at, indent));
        }
        break;
      case "oneOf":
        return this.#variants(schema.oneOf, at, indent);
      case "enum type":
        return this.#variants([schema], at, indent);
      case "items type":
        if (schema.type === "array" && !Array.isArray(schema.items)) {
          const item = this.#form(schema.items, `${at}[]`, indent);
          const type = item.type.includes(" ") ? `(${item.type})[]` : `${item.type}[]`;
          return { type, codec: `${this.#use("list")}(${item.codec})` };
        }
        break;
      case "format type":
      case "type":
      case "additionalProperties properties required type":
      case "additionalProperties properties type":
      case "additionalProperties type":
        return this.#typed(schema, at, indent);
    }
    throw new Error(`${at}: a schema of ${keys || "nothing"} is not known`);
  }

  /** @param {string} path @param {string} at @returns {Form} */
  #reference(path, at) {
    const name = path.replace(/^#\/definitions\//, "");
    const schema = this.#definitions.get(name);
    if (schema === undefined) {
      throw new Error(`${at}: ${path} is not there`);
    }
    return SCALARS.has(name) ? this.#scalar(name) : this.#declare(name, schema);
  }

  /** @param {Form} form @returns {Form} */
  #nullable({ type, codec }) {
    return { type: `${type} | null`, codec: `${this.#use("nullable")}(${codec})` };
  }

  /** @param {any} schema @param {string} at @param {string} indent @returns {Form} */
  #typed(schema, at, indent) {
    if (Array.isArray(schema.type)) {
      const [type, other] = schema.type;
      if (schema.type.length === 2 && other === "null") {
        return this.#nullable(this.#typed({ ...schema, type }, at, indent));
      }
    } else if (schema.type === "integer") {
      const form = INTEGERS.get(schema.format);
      if (form !== undefined) {
        return { ...form, codec: this.#use(form.codec) };
      }
    } else if (schema.type === "string" && schema.format === undefined) {
      return { type: "string", codec: this.#use("text") };
    } else if (schema.type === "boolean") {
      return { type: "boolean", codec: this.#use("bool") };
    } else if (schema.type === "object" && schema.additionalProperties === false) {
      return this.#object(schema, at, indent);
    }
    throw new Error(`${at}: type ${JSON.stringify(schema.type)} ${schema.format ?? ""} is not known`);
  }

  /** @param {any} schema @param {string} at @param {string} indent @returns {Form} */
  #object(schema, at, indent) {
    const required = new Set(schema.required ?? []);
    const inner = `${indent}  `;
    let [types, codecs] = ["", ""];
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const form = this.#form(field, `${at}.${name}`, inner);
      const isOptional = !required.has(name);
      const opening = "nullable(";
      if (isOptional && !form.codec.startsWith(opening)) {
        form.codec = `${this.#use("defaulted")}(${form.codec})`;
      } else if (isOptional) {
        this.#use("nullable", -1);
        form.codec = `${this.#use("optional")}(${form.codec.slice(opening.length)}`;
      }
      types += `${comment(field.description, inner)}${inner}${name}${isOptional ? "?" : ""}: ${form.type};\n`;
      codecs += `${inner}${name}: ${form.codec},\n`;
    }
    this.#use("object");
    return types === ""
      ? { type: "{}", codec: "object({})" }
      : { type: `{\n${types}${indent}}`, codec: `object({\n${codecs}${indent}})` };
  }

  /** @param {any[]} schemas @param {string} at @param {string} indent @returns {Form} */
  #variants(schemas, at, indent) {
    /** @type {string[]} */
    const plain = [];
    let [types, codecs] = ["", ""];
    const inner = `${indent}  `;
    for (const schema of schemas) {
      if (schema.type === "string" && Array.isArray(schema.enum)) {
        for (const value of schema.enum) {
          plain.push(JSON.stringify(value));
          types += `\n${comment(schema.description, inner)}${inner}| ${JSON.stringify(value)}`;
        }
        continue;
      }
      const [name, ...more] = Object.keys(schema.properties ?? {});
      if (name === undefined || more.length > 0 || schema.required?.[0] !== name || schema.additionalProperties !== false) {
        throw new Error(`${at}: a variant is an object with one field`);
      }
      const payload = this.#form(schema.properties[name], `${at}.${name}`, inner);
      types += `\n${comment(schema.description, inner)}${inner}| { ${name}: ${payload.type} }`;
      codecs += `${inner}${name}: ${payload.codec},\n`;
    }
    const type = types.trimStart();
    if (codecs === "") {
      return { type, codec: `${this.#use("literal")}(${plain.join(", ")})` };
    }
    const more = plain.length > 0 ? `, ${plain.join(", ")}` : "";
    return { type, codec: `${this.#use("variants")}({\n${codecs}${indent}}${more})` };
  }
}
