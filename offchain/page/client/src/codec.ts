/**
 * Checks and copies values of contracts: messages of callers before they are sent, answers of a chain when they arrive.
 * The modules in `contracts/` are made of these.
 */

import { ClientError } from "./errors.js";
import { parseJson, writeJson, JsonError } from "./json.js";

/** Amount in base units, below 2^128, as decimal digits; `BigInt(amount)` is its value. */
export type Uint128 = string;
/** Number below 2^64, as decimal digits. */
export type Uint64 = string;
/** Nanoseconds since 1970, as decimal digits. */
export type Timestamp = Uint64;
/** Bytes as base64: `fromBase64`, `toBase64`. */
export type Binary = string;
/** Bytes as hex digits: `fromHex`, `toHex`. */
export type HexBinary = string;
/** Address that a contract has checked. */
export type Addr = string;

/** Whose value it is: a chain's, where every integer is a bigint, or a caller's, who writes small ones as numbers. */
type Origin = "chain" | "caller";
/** Gives a checked copy. `at` is the place of the value, for errors. */
type Check<T> = (value: unknown, at: string, origin: Origin) => T;

/** A type at run time. */
export interface Codec<in out T> {
  readonly check: Check<T>;
  /** In no value: makes a codec of a type none of a part of it. */
  readonly type?: (value: T) => T;
}

/** The type of a field that may be missing. */
export interface Optional<in out T> extends Codec<T> {
  readonly optional: true;
}

/** What a codec checks. */
export type TypeOf<C> = C extends Codec<infer T> ? T : never;

type Missable<F> = { [Name in keyof F]: F[Name] extends { optional: true } ? Name : never }[keyof F];
/** The object of these fields, as one type. */
type Shape<F> = Flat<
  { [Name in Exclude<keyof F, Missable<F>>]: TypeOf<F[Name]> } & { [Name in Missable<F>]?: TypeOf<F[Name]> }
>;
type Flat<T> = { [Name in keyof T]: T[Name] };
/** One variant of these: an object with its name and its payload. */
type Variant<F> = { [Name in keyof F]: { [Only in Name]: TypeOf<F[Name]> } }[keyof F];

function wrong(at: string, origin: Origin, expected: string, found: unknown): ClientError {
  const reason = `expected ${expected}, found ${describe(found)}`;
  return origin === "caller"
    ? new ClientError({ kind: "invalid_input", field: at, reason })
    : new ClientError({ kind: "unreadable", what: at, reason });
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
    case "undefined":
      return "nothing";
    default:
      return String(value);
  }
}

function integer(most: number): Codec<number> {
  const expected = `an integer of 0 to ${most}`;
  return {
    check(value, at, origin) {
      const number = origin === "chain" && typeof value === "bigint" && value <= most ? Number(value) : value;
      if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > most || Object.is(number, -0)
        || (origin === "chain" && typeof value !== "bigint")) {
        throw wrong(at, origin, expected, value);
      }
      return number;
    },
  };
}

/** Integer of 8 bits. */
export const u8: Codec<number> = /* @__PURE__ */ integer(0xff);
/** Integer of 16 bits. */
export const u16: Codec<number> = /* @__PURE__ */ integer(0xffff);
/** Integer of 32 bits. */
export const u32: Codec<number> = /* @__PURE__ */ integer(0xffffffff);

/** Integer of 64 bits, always a bigint. */
export const u64: Codec<bigint> = {
  check(value, at, origin) {
    if (typeof value !== "bigint" || value < 0n || value >= 1n << 64n) {
      throw wrong(at, origin, "a bigint from 0n to 2n ** 64n - 1n", value);
    }
    return value;
  },
};

/** Any text. */
export const text: Codec<string> = {
  check(value, at, origin) {
    if (typeof value !== "string") {
      throw wrong(at, origin, "text", value);
    }
    return value;
  },
};

function form(expected: string, matches: (value: string) => boolean): Codec<string> {
  return {
    check(value, at, origin) {
      if (typeof value !== "string" || !matches(value)) {
        throw wrong(at, origin, expected, value);
      }
      return value;
    },
  };
}

function digits(bits: bigint): Codec<string> {
  const expected = `decimal digits of a number below 2^${bits}`;
  return form(expected, (value) => /^(?:0|[1-9][0-9]{0,38})$/.test(value) && BigInt(value) < 1n << bits);
}

/** `Uint128` as text. */
export const uint128: Codec<Uint128> = /* @__PURE__ */ digits(128n);
/** `Uint64` as text. */
export const uint64: Codec<Uint64> = /* @__PURE__ */ digits(64n);
/** `Binary` as text. */
export const binary: Codec<Binary> = /* @__PURE__ */ form("base64 with padding", (value) =>
  value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value));
/** `HexBinary` as text. */
export const hexBinary: Codec<HexBinary> = /* @__PURE__ */ form("pairs of hex digits", (value) =>
  value.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(value));

/** True or false. */
export const bool: Codec<boolean> = {
  check(value, at, origin) {
    if (typeof value !== "boolean") {
      throw wrong(at, origin, "true or false", value);
    }
    return value;
  },
};

/** A value or null. */
export function nullable<T>(of: Codec<T>): Codec<T | null> {
  return { check: (value, at, origin) => (value === null ? null : of.check(value, at, origin)) };
}

/** A field that may be missing or null. */
export function optional<T>(of: Codec<T>): Optional<T | null> {
  return { ...nullable(of), optional: true };
}

/** A field that may be missing, and is not null: the contract has a value of its own for it. */
export function defaulted<T>(of: Codec<T>): Optional<T> {
  return { ...of, optional: true };
}

/** An array. */
export function list<T>(of: Codec<T>): Codec<T[]> {
  return {
    check(value, at, origin) {
      if (!Array.isArray(value)) {
        throw wrong(at, origin, "an array", value);
      }
      return value.map((item, index) => of.check(item, `${at}[${index}]`, origin));
    },
  };
}

function entries(value: unknown, at: string, origin: Origin): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(at, origin, "an object", value);
  }
  return Object.entries(value).filter(([, field]) => field !== undefined);
}

/** An object with these fields and no other. The copy has them in the order that they were given in. */
export function object<F extends { [Name in keyof F]: Codec<any> }>(fields: F): Codec<Shape<F>> {
  const codecs = new Map(Object.entries<Codec<unknown> & { optional?: true }>(fields));
  return {
    check(value, at, origin) {
      const copy: Record<string, unknown> = {};
      for (const [name, field] of entries(value, at, origin)) {
        const codec = codecs.get(name);
        if (codec === undefined) {
          throw wrong(at, origin, `only ${[...codecs.keys()].join(", ") || "no fields"}`, name);
        }
        copy[name] = codec.check(field, `${at}.${name}`, origin);
      }
      for (const [name, codec] of codecs) {
        if (codec.optional !== true && !Object.hasOwn(copy, name)) {
          throw wrong(`${at}.${name}`, origin, "a value", undefined);
        }
      }
      return copy as Shape<F>;
    },
  };
}

/** One of these texts. */
export function literal<T extends string>(...values: T[]): Codec<T> {
  return {
    check(value, at, origin) {
      const found = values.find((one) => one === value);
      if (found === undefined) {
        throw wrong(at, origin, `one of ${values.join(", ")}`, value);
      }
      return found;
    },
  };
}

/** An enum: an object with one field, the variant's name; or, of a variant without payload, just its name. */
export function variants<F extends { [Name in keyof F]: Codec<any> }>(payloads: F): Codec<Variant<F>>;
export function variants<F extends { [Name in keyof F]: Codec<any> }, P extends string>(
  payloads: F,
  ...plain: P[]
): Codec<Variant<F> | P>;
export function variants<F extends { [Name in keyof F]: Codec<any> }, P extends string>(
  payloads: F,
  ...plain: P[]
): Codec<Variant<F> | P> {
  const codecs = new Map(Object.entries<Codec<unknown>>(payloads));
  const names = [...codecs.keys(), ...plain];
  return {
    check(value, at, origin) {
      if (typeof value === "string") {
        const found = plain.find((one) => one === value);
        if (found === undefined) {
          throw wrong(at, origin, `one of ${names.join(", ")}`, value);
        }
        return found;
      }
      const fields = entries(value, at, origin);
      const [name, payload] = fields[0] ?? [""];
      const codec = codecs.get(name);
      if (fields.length !== 1 || codec === undefined) {
        throw wrong(at, origin, `an object with one field, of ${names.join(", ")}`, fields.map(([field]) => field).join(", "));
      }
      return { [name]: codec.check(payload, `${at}.${name}`, origin) } as Variant<F>;
    },
  };
}

/**
 * Reads an answer of a chain.
 *
 * @throws ClientError `unreadable` names the field.
 */
export function readValue<T>(codec: Codec<T>, what: string, json: string | Uint8Array): T {
  let value;
  try {
    value = parseJson(json);
  } catch (error) {
    throw error instanceof JsonError ? new ClientError({ kind: "unreadable", what, reason: error.message }) : error;
  }
  return codec.check(value, what, "chain");
}

/**
 * Writes a message, with the fields in the order that they were given in.
 *
 * @throws ClientError `invalid_input` names the field.
 */
export function writeValue<T>(codec: Codec<T>, what: string, value: T): string {
  return writeJson(codec.check(value, what, "caller"));
}
