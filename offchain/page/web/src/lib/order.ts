/** What a subject permits or revokes, as the program writes it: `bithive_consent::grant::Order::text`. */

import type { ExecuteMsg } from "@bithive/client/contracts/grants";

const HEAD = "BitHive consent order 1";
/** `grants::limits::MAX_DIGESTS`. */
const MOST_DIGESTS = 64;

/** An order that was read; `until` is the end in Unix seconds, and nothing of a revocation. */
export interface Order {
  until: bigint | undefined;
  digests: string[];
}

/** The order of a text for one chain and one contract; what is wrong, where it is another one's or has another form. */
export function readOrder(text: string, chain: string, contract: string): Order | "form" | "elsewhere" {
  const [head, onChain, at, act, ...digests] = text.trim().split(/\r?\n/).map((line) => line.trim());
  const until = /^record until ([1-9][0-9]{0,15})$/.exec(act ?? "")?.[1];
  const isWhole = digests.length > 0 && digests.length <= MOST_DIGESTS && new Set(digests).size === digests.length && digests.every((digest) => /^[0-9a-f]{64}$/.test(digest));
  if (head !== HEAD || !isWhole || (until === undefined && act !== "revoke")) {
    return "form";
  }
  return onChain === `chain ${chain}` && at === `contract ${contract}` ? { until: until === undefined ? undefined : BigInt(until), digests } : "elsewhere";
}

/** What the subject itself sends for an order. */
export function messageOf({ until, digests }: Order): ExecuteMsg {
  return until === undefined ? { revoke: { digests, signed: null } } : { record: { digests, expires: until, signed: null } };
}
