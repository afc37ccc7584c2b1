/** Offers and agreements that the reader makes: what the fields say, checked by the bounds of the contracts before anything is signed. */

import { isAddress, toHex, toUtf8 } from "@bithive/client";
import type { Offer, PriceForString } from "@bithive/client/contracts/checkout";
import type { ApproverForString, Terms } from "@bithive/client/contracts/escrow";
import { sha256 } from "@noble/hashes/sha2.js";

import type { Asset } from "./assets";

/** Before what an offer's digest is of: `bithive_payment::coding`. */
const CODING = "BitHive payment coding, version 1\n";
/** `checkout::limits::MAX_REFERRAL_BPS`, in per cent. */
export const MOST_REFERRAL = 30;
/** `escrow::limits::MAX_MILESTONES`. */
export const MOST_MILESTONES = 16;
/** `escrow::limits::MAX_SIGNERS`. */
const MOST_SIGNERS = 15;
/** `escrow::limits::MAX_REVIEW_SECONDS`, `MAX_DUE_SECONDS` and `MAX_FUNDING_SECONDS`, in days. */
export const MOST_DAYS = { review: 30, due: 366, funding: 90 } as const;
const DAY = 86_400n;
const HOUR = 3_600n;

/** A whole number of a field, in these bounds. Anything else is nothing: fields give text, nothing or fractions, too. */
export function whole(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

/** The digest, in hex, that an offer has of a note, and the salt with which it can be shown: both are in hex. */
export function codingOf(note: string, salt: Uint8Array): string {
  return toHex(sha256(Uint8Array.of(...toUtf8(CODING), ...salt, ...toUtf8(note))));
}

/** The digest of a code or a text, in hex. */
export function digestOf(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** What an offer is made of; what is nothing is missing or wrong. */
export interface OfferFields {
  asset: Asset;
  price: PriceForString | undefined;
  buyer: string | undefined;
  /** Whether a buyer is named: then one has to be read. */
  forOne: boolean;
  /** Days until its end from `now`, and 0 for no end. */
  days: number;
  uses: number | undefined;
  referral: unknown;
  coding: string | undefined;
}

/** An offer at `now`, in Unix seconds; nothing while a field is missing. An invoice is one with a buyer, one use and an end. */
export function offerOf({ asset, price, buyer, forOne, days, uses, referral, coding }: OfferFields, now: bigint): Offer | undefined {
  const part = whole(referral, 0, MOST_REFERRAL);
  if (price === undefined || part === undefined || (forOne && buyer === undefined)) {
    return undefined;
  }
  return {
    asset, price, split: [], referral_bps: part * 100, uses: (forOne ? 1 : uses) ?? null, buyer: forOne ? (buyer ?? null) : null, coding: coding ?? null,
    // Whole hours: what is simulated is what is sent, also some blocks later.
    expires: days === 0 ? null : ((now + BigInt(days) * DAY) / HOUR) * HOUR,
  };
}

/** What an agreement is made of. */
export interface AgreementFields {
  payee: string | undefined;
  milestones: readonly { units: bigint | undefined; due: unknown; review: unknown }[];
  approver: ApproverForString | undefined;
  text: string;
}

/** Terms of an agreement; nothing while a field is missing. */
export function termsOf({ payee, milestones, approver, text }: AgreementFields): Terms | undefined {
  const read = milestones.flatMap(({ units, due, review }) => {
    const [days, looks] = [whole(due, 1, MOST_DAYS.due), whole(review, 1, MOST_DAYS.review)];
    return units === undefined || days === undefined || looks === undefined ? [] : [{ amount: units.toString(), due: BigInt(days) * DAY, review: BigInt(looks) * DAY }];
  });
  const isCode = approver !== undefined && "preimage" in approver;
  if (payee === undefined || approver === undefined || read.length === 0 || read.length !== milestones.length || (isCode && read.length !== 1)) {
    return undefined;
  }
  return { payees: [{ address: payee, bps: 10_000 }], milestones: read, approver, text: text === "" ? null : digestOf(toUtf8(text)) };
}

/** What the milestones cost together, in base units. */
export function sumOf({ milestones }: Pick<Terms, "milestones">): bigint {
  return milestones.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

/** Signers of whom so many approve, by their addresses, one in a line; nothing where one is none, is there twice, or they are too few or too many. */
export function signersOf(text: string, needed: unknown): ApproverForString | undefined {
  const signers = text.split(/\s+/).filter((word) => word !== "");
  const enough = whole(needed, 1, signers.length);
  return enough === undefined || signers.length > MOST_SIGNERS || new Set(signers).size !== signers.length || !signers.every(isAddress)
    ? undefined : { signers: { needed: enough, signers } };
}

/** A code as people write it, in hex; nothing where it has another form. */
export function codeOf(text: string): string | undefined {
  const code = text.trim().toLowerCase();
  return code.length % 2 === 0 && /^[0-9a-f]{32,128}$/.test(code) ? code : undefined;
}
