/** Offers, links that pay them, and receipts (the contract `checkout`). Links are those of `bithive_payment::link`. */

import { isAddress, list, nullable, uint128, type SmartQuery } from "@bithive/client";
import {
  offerResponse, receiptResponse, type OfferResponse, type QueryMsg, type ReceiptResponse,
} from "@bithive/client/contracts/checkout";

import type { Asset } from "./assets";
import { askFor, pages, type List } from "./read";
import { readNumber } from "./route";

const PAGE = 30;
const WHOLE = 10_000n;
/** Longest link that is read. */
const MOST_CHARACTERS = 2_048;
/** Parts of a link, in the order in which they stand; the first two are in every link. */
const NAMES = ["chain", "offer", "key", "referrer"] as const;
const FORMS = {
  chain: (text: string) => /^[A-Za-z0-9._-]{1,64}$/.test(text),
  offer: (text: string) => readNumber(text) !== undefined,
  key: (text: string) => text.length % 2 === 0 && /^[0-9a-f]{32,128}$/.test(text),
  referrer: isAddress,
};

/** Which offer of which chain is to be paid. */
export interface PayLink {
  chain: string;
  offer: bigint;
  /** In hex, 16 to 64 bytes: whoever pays the link twice pays once. */
  key?: string;
  /** Account that is given the offer's referral part. */
  referrer?: string;
}

/** What is wrong with a link: a part that links do not have, or one that is missing, there twice, in the wrong place, or has no value of its form. */
export interface LinkFault {
  fault: "unknown" | "value";
  name: string;
}

/** What is behind the `#` of a link. A link has one text: what is not understood must not be paid. */
export function readLink(fragment: string): PayLink | LinkFault {
  const values = new Map<string, string>();
  let last = -1;
  for (const pair of fragment.slice(0, MOST_CHARACTERS + 1).split("&")) {
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    const place = NAMES.findIndex((known) => known === name);
    const known = NAMES[place];
    if (known === undefined) {
      return { fault: "unknown", name: name.slice(0, 64) };
    }
    const value = at < 0 ? "" : pair.slice(at + 1);
    if (place <= last || fragment.length > MOST_CHARACTERS || !FORMS[known](value)) {
      return { fault: "value", name };
    }
    last = place;
    values.set(name, value);
  }
  const [chain, offer, key, referrer] = NAMES.map((name) => values.get(name));
  if (chain === undefined || offer === undefined) {
    return { fault: "value", name: chain === undefined ? "chain" : "offer" };
  }
  return { chain, offer: BigInt(offer), ...(key === undefined ? {} : { key }), ...(referrer === undefined ? {} : { referrer }) };
}

/** The text of a link behind its `#`; {@link readLink} reads it back. */
export function writeLink(link: PayLink): string {
  return NAMES.flatMap((name) => (link[name] === undefined ? [] : [`${name}=${link[name]}`])).join("&");
}

/** Among whom a payment is divided: the referrer first, then the split, rounded down; what that leaves is the first one's. */
export function divided({ split, referral_bps: referral, seller }: OfferResponse, amount: bigint, referrer: string | undefined): { account: string; units: bigint; isReferrer: boolean }[] {
  const fee = referrer === undefined ? 0n : (amount * BigInt(referral)) / WHOLE;
  const rest = amount - fee;
  const parts = (split.length === 0 ? [{ account: seller, bps: 10_000 }] : split).map(({ account, bps }) => ({ account, units: (rest * BigInt(bps)) / WHOLE, isReferrer: false }));
  const left = rest - parts.reduce((sum, { units }) => sum + units, 0n);
  const all = parts.map((part, index) => (index === 0 ? { ...part, units: part.units + left } : part));
  return referrer === undefined || fee === 0n ? all : [{ account: referrer, units: fee, isReferrer: true }, ...all];
}

/** What is sent for a price that a feed gives: one per cent more, since it may move before the block. What is too much comes back at once. */
export function roomFor({ price }: OfferResponse, quote: bigint): bigint {
  return "quoted" in price ? quote + (quote + 99n) / 100n : quote;
}

/** What an account sells or is asked to pay, and what it has paid. */
export interface Invoices {
  offers: List<OfferResponse>;
  receipts: List<ReceiptResponse>;
}

export async function invoicesOf(chain: SmartQuery, checkout: string, account: string): Promise<Invoices> {
  const ask = askFor<QueryMsg>(chain, checkout);
  const [offers, receipts] = await Promise.all([
    pages<OfferResponse>(PAGE, (last) => ask({ offers: { party: account, limit: PAGE, start_after: last?.id ?? null } }, list(offerResponse))),
    pages<ReceiptResponse>(PAGE, (last) => ask({ receipts: { of: { payer: account }, limit: PAGE, start_after: last?.id ?? null } }, list(receiptResponse))),
  ]);
  return { offers, receipts };
}

/** An offer; null when there is none of this number. */
export function offerAt(chain: SmartQuery, checkout: string, id: bigint): Promise<OfferResponse | null> {
  return askFor<QueryMsg>(chain, checkout)({ offer: { id } }, nullable(offerResponse));
}

/** Who has paid an offer, by number of the receipt. */
export function receiptsOf(chain: SmartQuery, checkout: string, offer: bigint): Promise<List<ReceiptResponse>> {
  const ask = askFor<QueryMsg>(chain, checkout);
  return pages<ReceiptResponse>(PAGE, (last) => ask({ receipts: { of: { offer }, limit: PAGE, start_after: last?.id ?? null } }, list(receiptResponse)));
}

/** What an offer costs now, in base units; nothing where its price can't be had. */
export function quoteOf(chain: SmartQuery, checkout: string, id: bigint): Promise<bigint | undefined> {
  return askFor<QueryMsg>(chain, checkout)({ quote: { id } }, uint128).then(BigInt, () => undefined);
}

/** The receipt of a payment by its key. */
export function paymentOf(chain: SmartQuery, checkout: string, payer: string, asset: Asset, key: string): Promise<ReceiptResponse | null> {
  return askFor<QueryMsg>(chain, checkout)({ payment: { payer, asset, key } }, nullable(receiptResponse));
}
