/**
 * A key in this browser, for chains that are worth nothing: whoever uses this browser, or runs anything in this page,
 * has it.
 */

import { ClientError, fromHex, toHex } from "@bithive/client";
import { DevelopmentKey, freshSecret } from "@bithive/client/development-key";

import { forget, keep, kept } from "../lib/storage";
import { arbitraryBytes, type Connected } from "./wallet";

/** A key of a demonstration, as the server gives it. */
export interface GivenKey {
  name: string;
  address: string;
  privateKey: string;
}

const place = (chainId: string) => `bithive.development-key.${chainId}`;

/** Whether this browser has a key for a chain. */
export function hasKey(chainId: string): boolean {
  return kept(place(chainId)) !== undefined;
}

/** Forgets the key of a chain. */
export function forgetKey(chainId: string): void {
  forget(place(chainId));
}

/** Keeps a key for a chain; a fresh one if none is given. @throws ClientError `invalid_input`. */
export function useKey(chainId: string, hex?: string): void {
  const secret = hex === undefined ? freshSecret() : fromHex(hex.trim());
  DevelopmentKey.fromBytes(secret).erase();
  if (!keep(place(chainId), toHex(secret))) {
    // It would be another account after the next reload, and what it was sent lost.
    throw new ClientError({ kind: "wallet_failed", wallet: "the development key", reason: "this browser keeps nothing for this page" });
  }
}

/** The key that this browser has for a chain. */
export function connectDevelopment(chainId: string): Connected {
  // Read each time: another tab may have replaced or forgotten it, and then it signs no more.
  const secret = () => {
    const hex = kept(place(chainId));
    if (hex === undefined) {
      throw new ClientError({ kind: "wallet_missing", wallet: "the development key" });
    }
    return fromHex(hex);
  };
  const key = () => DevelopmentKey.fromBytes(secret());
  const { address } = key();
  return {
    getAccount: async () => key().getAccount(),
    signDirect: async (asked, document) => key().signDirect(asked, document),
    async signArbitrary(text) {
      const now = key();
      if (now.address !== address) {
        throw new ClientError({ kind: "wallet_key_changed", expected: address, got: now.address });
      }
      return now.signBytes(arbitraryBytes(address, text));
    },
  };
}

/** The funded keys that a demonstration gives to those with the session's token. */
export async function givenKeys(token: string | undefined): Promise<GivenKey[]> {
  if (token === undefined) {
    return [];
  }
  const response = await fetch("/x/development-keys", {
    headers: { authorization: `Bearer ${token}` }, credentials: "omit", cache: "no-store", redirect: "error",
  });
  if (!response.ok) {
    return [];
  }
  const answer: unknown = await response.json();
  const keys = typeof answer === "object" && answer !== null && "keys" in answer && Array.isArray(answer.keys) ? answer.keys : [];
  return keys.flatMap((key: unknown) => {
    const { name, address, private_key: privateKey } = (key ?? {}) as Record<string, unknown>;
    return typeof name === "string" && typeof address === "string" && typeof privateKey === "string" ? [{ name, address, privateKey }] : [];
  });
}
