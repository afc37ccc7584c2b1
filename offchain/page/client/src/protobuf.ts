/**
 * Protobuf (proto3) as far as transactions and queries need it: fields that are integers, texts, bytes or messages. The modules that
 * have the types of a whole node are 10 kB of a compressed page.
 */

import { toUtf8 } from "./bytes.js";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A field by its number. An empty one, and 0, is left out, unless it is `"always"` written: parts of a list, and messages that are there. */
export type Field = readonly [number: number, value: string | Uint8Array | bigint, when?: "always"];

/** The fields of a message, in this order. Integers are below 2^64. */
export function encodeFields(...fields: Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value, when]) => {
    const isInteger = typeof value === "bigint";
    if (when !== "always" && (isInteger ? value === 0n : value.length === 0)) {
      return [];
    }
    const tag = varint(BigInt(number * 8 + (isInteger ? VARINT : BYTES)));
    if (isInteger) {
      return [tag, varint(value)];
    }
    const content = typeof value === "string" ? toUtf8(value) : value;
    return [tag, varint(BigInt(content.length)), content];
  });
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  for (; left >= 128n; left >>= 7n) {
    bytes.push(Number(left & 127n) + 128);
  }
  return Uint8Array.of(...bytes, Number(left));
}

/** The fields of a message that is read: the last one of each number counts, and what is not there is empty. */
export class Message {
  readonly #values = new Map<number, (bigint | Uint8Array)[]>();

  /** @throws Error The bytes are no protobuf. */
  constructor(bytes: Uint8Array) {
    let at = 0;
    const take = (length: number): Uint8Array => {
      if (length > bytes.length - at) {
        throw new Error("the bytes end within a field");
      }
      at += length;
      return bytes.subarray(at - length, at);
    };
    const integer = (): bigint => {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const [byte = 0] = take(1);
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) {
          return BigInt.asUintN(64, value);
        }
      }
      throw new Error("an integer has more than ten bytes");
    };
    while (at < bytes.length) {
      const tag = Number(integer());
      const number = Math.floor(tag / 8);
      switch (tag % 8) {
        case VARINT:
          this.#add(number, integer());
          break;
        case BYTES:
          this.#add(number, take(Number(integer())));
          break;
        case FIXED64:
          take(8);
          break;
        case FIXED32:
          take(4);
          break;
        default:
          throw new Error(`field ${number} is of a type that protobuf has no more`);
      }
    }
  }

  #add(number: number, value: bigint | Uint8Array): void {
    const values = this.#values.get(number);
    values === undefined ? this.#values.set(number, [value]) : values.push(value);
  }

  has(number: number): boolean {
    return this.#values.has(number);
  }

  integer(number: number): bigint {
    const value = this.#values.get(number)?.at(-1) ?? 0n;
    return typeof value === "bigint" ? value : wrong(number);
  }

  bytes(number: number): Uint8Array {
    return this.list(number).at(-1) ?? new Uint8Array();
  }

  /** All that a list has. */
  list(number: number): Uint8Array[] {
    return (this.#values.get(number) ?? []).map((value) => (typeof value === "bigint" ? wrong(number) : value));
  }

  text(number: number): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes(number));
  }

  message(number: number): Message {
    return new Message(this.bytes(number));
  }
}

function wrong(number: number): never {
  throw new Error(`field ${number} has another type`);
}
