// @ts-check
/** The module of one contract: its types, its queries, its messages, and what tokens that are sent to it say. */

import { Types, comment, memberName } from "./types.mjs";

/**
 * @param {any} schema the whole schema of a contract, `schema/<name>/<name>.json`
 * @param {any} hook what a token's `send` to it says, `schema/<name>/hook.json`, if it takes tokens
 */
export function moduleOf(schema, hook) {
  const name = schema.contract_name;
  if (schema.sudo !== null) {
    throw new Error(`${name} has messages of sudo, which only a chain sends`);
  }
  const types = new Types();
  for (const role of ["instantiate", "execute", "query", "migrate"]) {
    types.root(schema[role]);
  }
  const answers = schema.query.oneOf.map((/** @type {any} */ variant) => {
    const query = nameOf(variant);
    const response = schema.responses[query];
    if (response === undefined) {
      throw new Error(`${name}: query ${query} has no response`);
    }
    return { query, variant, form: types.root(response) };
  });
  if (hook !== undefined) {
    types.root(hook);
  }
  const calls = ["ask", "call", ...(hook === undefined ? [] : ["encodeHook"]), "type Message", "type QueryOptions", "type SmartQuery"];
  return `// Written by gen/generate.mjs from schema/${name}/; not to be edited.

import {
  ${types.imports(hook === undefined ? [] : ["Binary"])},
} from "../codec.js";
import { ${calls.join(", ")} } from "../contract.js";

${types.text}
${responses(answers)}
${queries(name, answers)}
${messages(name, schema.execute)}${hook === undefined ? "" : `\n${hooks(name, hook)}`}`;
}

/** The name of a variant, which `Types` has found to be an object with one field. @param {any} variant @returns {string} */
function nameOf(variant) {
  return variant.required[0];
}

/** @param {{ query: string, form: { type: string, codec: string } }[]} answers */
function responses(answers) {
  const types = answers.map(({ query, form }) => `  ${query}: ${form.type};\n`).join("");
  const codecs = answers.map(({ query, form }) => `  ${query}: ${form.codec},\n`).join("");
  return `/** The answer to each query. */
export interface Responses {
${types}}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
${codecs}};
`;
}

/**
 * The type of the arguments of a variant, and whether all of them may be left out.
 * @param {any} payload
 * @param {string} whole
 * @param {string} name
 */
function argumentsOf(payload, whole, name) {
  const fields = Object.keys(payload.properties ?? {});
  const isEmpty = payload.$ref === undefined && fields.length === 0;
  const type = `Extract<${whole}, { ${name}: unknown }>["${name}"]`;
  return { type, isEmpty, mayMiss: payload.$ref === undefined && (payload.required ?? []).length === 0 };
}

/** @param {string} name @param {{ query: string, variant: any, form: { type: string } }[]} answers */
function queries(name, answers) {
  const methods = answers.map(({ query, variant, form }) => {
    const { type, isEmpty, mayMiss } = argumentsOf(variant.properties[query], "QueryMsg", query);
    const parameter = isEmpty ? "" : `args: ${type}${mayMiss ? " = {}" : ""}, `;
    const value = isEmpty ? "{}" : "args";
    return `${comment(variant.description, "  ")}  ${memberName(query)}(${parameter}options?: QueryOptions): Promise<${form.type}> {
    return ask(this.#chain, this.#address, "${name}.${query}", queryMsg, { ${query}: ${value} }, responses.${query}, options);
  }
`;
  });
  return `/** Queries of a \`${name}\` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at \`address\`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

${methods.join("\n")}}
`;
}

/** @param {string} name @param {any} execute */
function messages(name, execute) {
  const methods = execute.oneOf.map((/** @type {any} */ variant) => {
    const message = nameOf(variant);
    const { type, isEmpty, mayMiss } = argumentsOf(variant.properties[message], "ExecuteMsg", message);
    const parameter = isEmpty ? "" : `args: ${type}${mayMiss ? " = {}" : ""}`;
    const value = isEmpty ? "{}" : "args";
    return `${comment(variant.description, "  ")}  ${memberName(message)}(${parameter}): Message {
    return call(this.#sender, this.#address, "${name}.${message}", executeMsg, { ${message}: ${value} });
  }
`;
  });
  return `/** Messages to a \`${name}\` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account \`sender\` to the contract at \`address\`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

${methods.join("\n")}}
`;
}

/** @param {string} name @param {any} hook */
function hooks(name, hook) {
  const methods = hook.oneOf.map((/** @type {any} */ variant) => {
    const said = nameOf(variant);
    const { type, isEmpty, mayMiss } = argumentsOf(variant.properties[said], "Hook", said);
    const parameter = isEmpty ? "" : `args: ${type}${mayMiss ? " = {}" : ""}`;
    const value = isEmpty ? "{}" : "args";
    return `${comment(variant.description, "  ")}  ${memberName(said)}(${parameter}): Binary {
    return encodeHook("${name}.${said}", hook, { ${said}: ${value} });
  },
`;
  });
  return `/** The field \`msg\` of a token's \`send\` to a \`${name}\` contract. */
export const hooks = {
${methods.join("\n")}};
`;
}
