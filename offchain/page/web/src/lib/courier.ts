/** The blind courier: what the page hands to the network's endpoints through its server, which can read none of it. */

import { ClientError, fromBase64, fromHex, toHex } from "@bithive/client";

import { call, callJson } from "./server";

/** Protocols that are asked and answered, or sent. */
export type Protocol = "bithive/share-keys/1" | "bithive/evaluate/1" | "bithive/claim/1";

/** A message that waits. */
export interface Mail {
  receipt: string;
  /** Endpoint that sent it, in hex; proven. */
  from: string;
  body: Uint8Array;
}

const PATIENCE = 25_000;
const MINUTES = 600_000;

/** The endpoint that this session has: what vaults name and the account registers. */
export async function endpoint(): Promise<{ endpoint: string; relay: string | null }> {
  const { endpoint: own, relay } = await callJson("/x/session");
  if (typeof own !== "string" || fromHex(own).length !== 32) {
    throw new ClientError({ kind: "unreadable", what: "/x/session", reason: "the endpoint is not 32 bytes in hex" });
  }
  return { endpoint: own, relay: typeof relay === "string" ? relay : null };
}

/** Asks a peer. */
export async function ask(to: string, protocol: Protocol, body: Uint8Array): Promise<Uint8Array> {
  const path = `/x/ask?to=${encodeURIComponent(to)}&protocol=${encodeURIComponent(protocol)}`;
  const response = await call(path, { method: "POST", body: Uint8Array.from(body), timeout: PATIENCE });
  return new Uint8Array(await response.arrayBuffer());
}

/** What waits of a protocol. It stays until it is discarded. */
export async function inbox(protocol: Protocol): Promise<Mail[]> {
  const { messages } = await callJson(`/x/inbox?protocol=${encodeURIComponent(protocol)}`);
  if (!Array.isArray(messages)) {
    throw new ClientError({ kind: "unreadable", what: "/x/inbox", reason: "its messages are no list" });
  }
  return messages.flatMap((message) => {
    const { receipt, from, body } = (message ?? {}) as Record<string, unknown>;
    try {
      return typeof receipt === "string" && typeof from === "string" && typeof body === "string" ? [{ receipt, from, body: fromBase64(body) }] : [];
    } catch {
      return [];
    }
  });
}

/** Throws messages away, those that are recorded or no use. */
export async function discard(protocol: Protocol, receipts: readonly string[]): Promise<void> {
  if (receipts.length > 0) {
    await call(`/x/inbox?protocol=${encodeURIComponent(protocol)}`, { method: "DELETE", body: JSON.stringify({ receipts }) });
  }
}

/** Offers content to those who know its digest. */
export async function publish(digest: Uint8Array, content: Uint8Array<ArrayBuffer>): Promise<void> {
  await call(`/x/blobs/${toHex(digest)}`, { method: "PUT", body: content, timeout: MINUTES });
}

/** Fetches content from the first of these endpoints that has it. */
export async function fetchBlob(digest: Uint8Array, from: readonly string[], limit: number): Promise<Uint8Array> {
  const path = `/x/blobs/${toHex(digest)}?from=${from.slice(0, 16).join(",")}&limit=${limit}`;
  return new Uint8Array(await (await call(path, { timeout: MINUTES })).arrayBuffer());
}
