/** Bytes as text: hex, base64 and UTF-8. */

import { ClientError } from "./errors.js";

const HEX = /^(?:[0-9a-f]{2})*$/i;
// One value has one encoding: padded, and no bits beyond the last byte.
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/** Lower-case hex digits, as contracts write `HexBinary`. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Bytes of hex digits of either case.
 *
 * @throws ClientError `unreadable`.
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!HEX.test(text)) {
    throw new ClientError({ kind: "unreadable", what: "hex", reason: "expected pairs of hex digits" });
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(2 * index, 2 * index + 2), 16));
}

/** Base64 with padding, as contracts write `Binary`. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  // In parts, because arguments of a call lie on the stack.
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(text);
}

/**
 * Bytes of base64 with padding.
 *
 * @throws ClientError `unreadable`.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (!BASE64.test(text)) {
    throw new ClientError({ kind: "unreadable", what: "base64", reason: "expected base64 with padding" });
  }
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The UTF-8 of a text. */
export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Whether two byte strings are the same. Not in constant time: not for secrets. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
