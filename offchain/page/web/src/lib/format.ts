/** Amounts, addresses, times and shares as people read them. */

import type { Language } from "./i18n";

/** Decimals of BTT, BTK, SKY and of the fee's coin. */
export const DECIMALS = 6;
const UNIT = 10n ** BigInt(DECIMALS);
const MOST = (1n << 128n) - 1n;

/** What a language writes between whole numbers and decimals. */
export function decimalSign(language: Language): string {
  return new Intl.NumberFormat(language).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
}

/** Base units as a decimal number in a language, whole: no digit is rounded away. */
export function showDigits(amount: bigint | string, language: Language): string {
  const units = BigInt(amount);
  const part = (units % UNIT).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  const whole = new Intl.NumberFormat(language).format(units / UNIT);
  return part === "" ? whole : whole + decimalSign(language) + part;
}

/** The same without signs between digits, as {@link readAmount} takes it. */
export function plainDigits(amount: bigint, language: Language): string {
  const part = (amount % UNIT).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return part === "" ? `${amount / UNIT}` : `${amount / UNIT}${decimalSign(language)}${part}`;
}

/** Base units with the ticker: `1,234.5 BTT`. The space does not break. */
export function showAmount(amount: bigint | string, ticker: string, language: Language): string {
  return `${showDigits(amount, language)}\u00a0${ticker}`;
}

/** Why a text is no amount. */
export type AmountFault = "empty" | "form" | "decimals" | "large" | "zero";

/**
 * Base units of what a person wrote. Only the language's own decimal sign is taken, and no other signs: `1.234` is
 * a thousand in one language and one and a bit in another, and money is not guessed.
 */
export function readAmount(text: string, language: Language): bigint | AmountFault {
  const trimmed = text.trim();
  if (trimmed === "") {
    return "empty";
  }
  const [whole = "", part, ...more] = trimmed.split(decimalSign(language));
  if (more.length > 0 || !/^[0-9]{1,40}$/.test(whole) || (part !== undefined && !/^[0-9]{1,40}$/.test(part))) {
    return "form";
  }
  if ((part?.length ?? 0) > DECIMALS) {
    return "decimals";
  }
  const amount = BigInt(whole) * UNIT + BigInt((part ?? "").padEnd(DECIMALS, "0"));
  return amount > MOST ? "large" : amount === 0n ? "zero" : amount;
}

/** The ends of an address or a digest, by which a person recognises it. */
export function shorten(text: string, head = 12, tail = 6): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** A share in 1/10,000 as per cent. */
export function showBps(bps: number, language: Language): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 }).format(bps / 10_000);
}

/** A part of a whole as per cent; nothing of nothing is 0 %. */
export function showShare(part: bigint, whole: bigint, language: Language): string {
  return showBps(whole === 0n ? 0 : Number((part * 10_000n) / whole), language);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1],
];

/** A time beside another, like "in 3 hours". Both in Unix seconds. */
export function showRelative(at: bigint | number, now: bigint | number, language: Language): string {
  const away = Number(at) - Number(now);
  const [unit, seconds] = STEPS.find(([, step]) => Math.abs(away) >= step) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(away / seconds), unit);
}

/** A time in the reader's time zone, with the zone. */
export function showTime(at: bigint | number, language: Language): string {
  const date = new Date(Number(at) * 1000);
  if (Number.isNaN(date.getTime())) {
    // Contracts take times far beyond those that dates reach.
    return `${at} s`;
  }
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" }).format(date);
}

/** A time for machines, or nothing where a date can't have it. */
export function machineTime(at: bigint | number): string | undefined {
  const date = new Date(Number(at) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** A duration by its largest unit, like "3 days". */
export function showDuration(seconds: bigint | number, language: Language): string {
  const whole = Number(seconds);
  const [unit, step] = STEPS.find(([, size]) => whole >= size && whole % size === 0) ?? ["second", 1];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(whole / step);
}
