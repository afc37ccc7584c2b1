/**
 * What BTK exists at a time: `packages/economics/src/emission.rs` has the rule and its reasons. Here it draws a curve; amounts
 * that are paid come from the contract.
 */

/** Base units of a day of the first era: 500,000 BTK. */
export const FIRST_DAY = 500_000n * 1_000_000n;
/** Days between halvings. */
export const ERA_DAYS = 2_100n;
/** What the emission never exceeds. */
export const CAP = 2n * FIRST_DAY * ERA_DAYS;
const DAY = 86_400n;
const ERA = ERA_DAYS * DAY;

/** Everything emitted by `now`, in base units. Times are Unix seconds. */
export function emitted(start: bigint, now: bigint): bigint {
  const age = now > start ? now - start : 0n;
  const [era, into] = [age / ERA, age % ERA];
  const [from, to] = [beforeEra(era), beforeEra(era + 1n)];
  return from + ((to - from) * into) / ERA;
}

/** The day's emission at `now`, in base units. */
export function ofDay(start: bigint, now: bigint): bigint {
  const era = now > start ? (now - start) / ERA : 0n;
  return era > 127n ? 0n : FIRST_DAY >> era;
}

/** When the next halving is, in Unix seconds. */
export function nextHalving(start: bigint, now: bigint): bigint {
  const age = now > start ? now - start : 0n;
  return start + (age / ERA + 1n) * ERA;
}

/** What is emitted before an era begins: CAP - ceil(CAP / 2^era). */
function beforeEra(era: bigint): bigint {
  if (era > 127n) {
    return CAP - 1n;
  }
  const halves = 1n << era;
  return CAP - (CAP + halves - 1n) / halves;
}

/** A point of the curve. */
export interface Point {
  /** Unix seconds. */
  at: bigint;
  /** Base units. */
  amount: bigint;
}

/** Beginnings of the first eras, with what is emitted by then. */
export function eras(start: bigint, count: number): Point[] {
  return Array.from({ length: count + 1 }, (_, era) => {
    const at = start + BigInt(era) * ERA;
    return { at, amount: emitted(start, at) };
  });
}
