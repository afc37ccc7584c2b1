/**
 * Protobuf: transactions by the types of `cosmjs-types`; the few fields of queries and of messages to contracts here,
 * because the modules that have their types bring half of a node with them, 45 kB of a compressed page.
 */

import { BinaryReader, BinaryWriter } from "cosmjs-types/binary";

/** `cosmjs-types` 0.11 writes one byte of five of a 64-bit integer from 2^31 to 2^32 - 1; of a 32-bit one all. */
class Writer extends BinaryWriter {
  override uint64 = (value: string | number | bigint): BinaryWriter =>
    BigInt(value) < 1n << 32n ? this.uint32(Number(value)) : this.int64(value);
}

/** The bytes of a message. */
export function encode<T>(type: { encode(message: T, writer?: BinaryWriter): BinaryWriter }, message: T): Uint8Array {
  return type.encode(message, new Writer()).finish();
}

const VARINT = 0;
const BYTES = 2;

/** Fields that are texts, bytes or messages, by number, in this order. An empty one is left out, as protobuf does. */
export function encodeFields(...fields: [number: number, value: string | Uint8Array][]): Uint8Array {
  const writer = new Writer();
  for (const [number, value] of fields) {
    if (value.length > 0) {
      writer.uint32((number << 3) | BYTES);
      typeof value === "string" ? writer.string(value) : writer.bytes(value);
    }
  }
  return writer.finish();
}

/** The fields of a message that is read: the last one of each number counts, and what is not there is empty. */
export class Message {
  readonly #values = new Map<number, bigint | Uint8Array>();

  /** @throws Error The bytes are no protobuf. */
  constructor(bytes: Uint8Array) {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      switch (tag & 7) {
        case VARINT:
          this.#values.set(tag >>> 3, reader.uint64());
          break;
        case BYTES:
          this.#values.set(tag >>> 3, reader.bytes());
          break;
        default:
          reader.skipType(tag & 7);
      }
    }
  }

  has(number: number): boolean {
    return this.#values.has(number);
  }

  integer(number: number): bigint {
    const value = this.#values.get(number) ?? 0n;
    return typeof value === "bigint" ? value : wrong(number);
  }

  bytes(number: number): Uint8Array {
    const value = this.#values.get(number) ?? new Uint8Array();
    return typeof value === "bigint" ? wrong(number) : value;
  }

  text(number: number): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(number));
  }

  message(number: number): Message {
    return new Message(this.bytes(number));
  }
}

function wrong(number: number): never {
  throw new Error(`field ${number} has another type`);
}
