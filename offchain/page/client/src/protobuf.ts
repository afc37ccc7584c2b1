/** Protobuf by the types of `cosmjs-types`. */

import { BinaryWriter } from "cosmjs-types/binary";

/** `cosmjs-types` 0.11 writes one byte of five of a 64-bit integer from 2^31 to 2^32 - 1; of a 32-bit one all. */
class Writer extends BinaryWriter {
  override uint64 = (value: string | number | bigint): BinaryWriter =>
    BigInt(value) < 1n << 32n ? this.uint32(Number(value)) : this.int64(value);
}

/** The bytes of a message. */
export function encode<T>(type: { encode(message: T, writer?: BinaryWriter): BinaryWriter }, message: T): Uint8Array {
  return type.encode(message, new Writer()).finish();
}
