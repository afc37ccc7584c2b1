/**
 * JSON that keeps integers: every integer is a bigint, because `JSON.parse` rounds those beyond 2^53, and a contract's
 * numbers have 64 bits. RFC 8259, strictly: one value, nothing after it, no name twice in an object.
 */

/** A value of JSON. Integers are bigints; numbers with a fraction or an exponent, and `-0`, are numbers. */
export type Json = null | boolean | string | number | bigint | Json[] | { [name: string]: Json };

/** What a text may cost its reader. */
export interface JsonLimits {
  /** Most arrays and objects within each other. Default 64. */
  depth?: number;
  /** Most bytes of the text, or UTF-16 units of a string. Default 32 MiB. */
  size?: number;
}

/** A text that is not JSON, or beyond a limit. */
export class JsonError extends Error {
  /** Where, in UTF-16 units from the start. */
  readonly at: number;

  constructor(reason: string, at: number) {
    super(`${reason}, at position ${at}`);
    this.name = "JsonError";
    this.at = at;
  }
}

/** Digits of the largest integer that is read; those of contracts have at most 20, amounts are strings. */
const MAX_DIGITS = 78;
const DEPTH = 64;
const SIZE = 32 << 20;
const ESCAPES: Record<string, string> = {
  '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t",
};
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX = /[0-9a-fA-F]{4}/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Reads a text, given as a string or in UTF-8. Objects have no prototype, so no name means anything by itself.
 *
 * @throws JsonError says what was expected, and where.
 */
export function parseJson(text: string | Uint8Array, limits: JsonLimits = {}): Json {
  const size = limits.size ?? SIZE;
  if (text.length > size) {
    throw new JsonError(`${text.length} bytes, expected at most ${size}`, size);
  }
  return new Reader(typeof text === "string" ? text : decode(text), limits.depth ?? DEPTH).whole();
}

function decode(bytes: Uint8Array): string {
  try {
    // A byte order mark is not part of JSON: it stays, and the reader refuses it.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonError("not UTF-8", 0);
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #left: number;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#left = depth;
  }

  whole(): Json {
    const value = this.#value();
    this.#match(SPACE);
    if (this.#at < this.#text.length) {
      throw this.#expected("the end");
    }
    return value;
  }

  #value(): Json {
    this.#match(SPACE);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #nested<T>(read: () => T): T {
    if (this.#left === 0) {
      throw new JsonError("too many arrays and objects within each other", this.#at);
    }
    this.#left -= 1;
    this.#at += 1;
    const value = read();
    this.#left += 1;
    return value;
  }

  #object(): { [name: string]: Json } {
    const object: { [name: string]: Json } = Object.create(null);
    if (this.#next("}")) {
      return object;
    }
    do {
      this.#match(SPACE);
      const at = this.#at;
      if (this.#text[at] !== '"') {
        throw this.#expected("a name in quotes");
      }
      const name = this.#string();
      if (name in object) {
        throw new JsonError(`the name ${JSON.stringify(name.slice(0, 64))} is there twice`, at);
      }
      if (!this.#next(":")) {
        throw this.#expected('":"');
      }
      object[name] = this.#value();
    } while (this.#next(","));
    if (!this.#next("}")) {
      throw this.#expected('"," or "}"');
    }
    return object;
  }

  #array(): Json[] {
    const array: Json[] = [];
    if (this.#next("]")) {
      return array;
    }
    do {
      array.push(this.#value());
    } while (this.#next(","));
    if (!this.#next("]")) {
      throw this.#expected('"," or "]"');
    }
    return array;
  }

  #string(): string {
    this.#at += 1;
    let value = this.#match(PLAIN);
    while (this.#text[this.#at] === "\\") {
      value += this.#escape() + this.#match(PLAIN);
    }
    if (this.#text[this.#at] !== '"') {
      throw this.#expected("the end of a string");
    }
    this.#at += 1;
    return value;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    const plain = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (plain !== undefined) {
      this.#at += 2;
      return plain;
    }
    const first = this.#unit();
    if (first < 0xd800 || first > 0xdfff) {
      return String.fromCharCode(first);
    }
    const second = first < 0xdc00 && this.#text[this.#at] === "\\" ? this.#unit() : 0;
    if (second < 0xdc00 || second > 0xdfff) {
      throw new JsonError("half of a character of two units", this.#at);
    }
    return String.fromCharCode(first, second);
  }

  #unit(): number {
    if (this.#text[this.#at + 1] !== "u") {
      throw this.#expected("an escape of JSON");
    }
    this.#at += 2;
    const digits = this.#match(HEX);
    if (digits === "") {
      throw this.#expected("four hex digits");
    }
    return Number.parseInt(digits, 16);
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text);
    if (found === null) {
      throw this.#expected("a value");
    }
    const [text, fraction, exponent] = found;
    if (fraction === undefined && exponent === undefined && text !== "-0") {
      if (text.length > MAX_DIGITS) {
        throw new JsonError(`an integer of more than ${MAX_DIGITS} digits`, this.#at);
      }
      this.#at += text.length;
      return BigInt(text);
    }
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw new JsonError("a number beyond 64-bit floating point", this.#at);
    }
    this.#at += text.length;
    return value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) {
      throw this.#expected("a value");
    }
    this.#at += word.length;
    return value;
  }

  /** Takes the character if it is the next one after white space. */
  #next(character: string): boolean {
    this.#match(SPACE);
    const there = this.#text[this.#at] === character;
    this.#at += there ? 1 : 0;
    return there;
  }

  /** Takes what a sticky expression matches here; nothing if it does not. */
  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #expected(what: string): JsonError {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : "the end";
    return new JsonError(`expected ${what}, found ${found}`, this.#at);
  }
}

/**
 * Writes a value as `JSON.stringify` does without white space: names in the order that they were given, undefined ones
 * left out; and bigints as digits.
 *
 * @throws TypeError for what JSON has no form for: other numbers than finite ones, functions, undefined in an array.
 */
export function writeJson(value: unknown, depth = DEPTH): string {
  if (depth < 0) {
    throw new TypeError("too many arrays and objects within each other");
  }
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return value.toString();
    case "number":
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        throw new TypeError(`${value} is not exact in JSON; use a bigint`);
      }
      return JSON.stringify(value);
    case "object":
      break;
    default:
      throw new TypeError(`a value of type ${typeof value} is not JSON`);
  }
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => writeJson(item, depth - 1)).join(",")}]`;
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${writeJson(field, depth - 1)}`).join(",")}}`;
}
