/** Addresses: bech32 (BIP-173) of 20 bytes for accounts and 32 bytes for contracts. */

import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { ClientError, invalid } from "./errors.js";

/** The prefix of every address of BitHive. */
export const PREFIX = "bithive";

const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM = 6;
const MAX_LENGTH = 90;

function polymod(values: Iterable<number>): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATORS.forEach((generator, bit) => {
      sum ^= (top >>> bit) & 1 ? generator : 0;
    });
  }
  return sum;
}

function expand(prefix: string): number[] {
  const codes = Array.from(prefix, (letter) => letter.charCodeAt(0));
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
}

/** Groups of `from` bits as groups of `to` bits; nothing if bits are left over that are no padding. */
function regroup(groups: Iterable<number>, from: number, to: number, pad: boolean): number[] | undefined {
  const regrouped: number[] = [];
  let [bits, held] = [0, 0];
  for (const group of groups) {
    held = (held << from) | group;
    bits += from;
    while (bits >= to) {
      bits -= to;
      regrouped.push((held >>> bits) & ((1 << to) - 1));
    }
    held &= (1 << bits) - 1;
  }
  if (pad) {
    return bits > 0 ? [...regrouped, held << (to - bits)] : regrouped;
  }
  return bits < from && held === 0 ? regrouped : undefined;
}

/** Writes bytes as bech32. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const groups = regroup(bytes, 8, 5, true) ?? [];
  const sum = polymod([...expand(prefix), ...groups, ...Array(CHECKSUM).fill(0)]) ^ 1;
  const checksum = Array.from({ length: CHECKSUM }, (_, index) => (sum >>> (5 * (CHECKSUM - 1 - index))) & 31);
  return `${prefix}1${[...groups, ...checksum].map((group) => LETTERS[group]).join("")}`;
}

/** Reads bech32; nothing if it is none. */
export function decodeBech32(text: string): { prefix: string; bytes: Uint8Array } | undefined {
  const lower = text.toLowerCase();
  const split = lower.lastIndexOf("1");
  if (text.length > MAX_LENGTH || split < 1 || (text !== lower && text !== text.toUpperCase())) {
    return undefined;
  }
  const prefix = lower.slice(0, split);
  const groups = Array.from(lower.slice(split + 1), (letter) => LETTERS.indexOf(letter));
  if (!/^[\x21-\x7e]+$/.test(prefix) || groups.length < CHECKSUM || groups.includes(-1)) {
    return undefined;
  }
  if (polymod([...expand(prefix), ...groups]) !== 1) {
    return undefined;
  }
  const bytes = regroup(groups.slice(0, -CHECKSUM), 5, 8, false);
  return bytes && { prefix, bytes: Uint8Array.from(bytes) };
}

/**
 * Gives back an address that is one of this network: prefix `bithive`, lower case, of an account or a contract.
 *
 * @throws ClientError `invalid_address` says what does not hold.
 */
export function checkAddress(address: string): string {
  const wrong = (reason: string) => new ClientError({ kind: "invalid_address", address, reason });
  const decoded = decodeBech32(address);
  if (decoded === undefined) {
    throw wrong("it is mistyped or incomplete: its checksum does not fit");
  }
  if (decoded.prefix !== PREFIX) {
    throw wrong(`it begins with ${JSON.stringify(decoded.prefix)}, expected "${PREFIX}"`);
  }
  if (address !== address.toLowerCase()) {
    throw wrong("it is not in lower case");
  }
  if (![20, 32].includes(decoded.bytes.length)) {
    throw wrong(`it has ${decoded.bytes.length} bytes, expected 20 (account) or 32 (contract)`);
  }
  return address;
}

/** Whether a text is an address of this network. */
export function isAddress(text: string): boolean {
  try {
    return checkAddress(text) === text;
  } catch {
    return false;
  }
}

/** The address of a compressed secp256k1 public key, 33 bytes. */
export function addressOf(publicKey: Uint8Array): string {
  if (publicKey.length !== 33) {
    throw invalid("public key", `${publicKey.length} bytes, expected 33`);
  }
  return encodeBech32(PREFIX, ripemd160(sha256(publicKey)));
}
