/** Amounts of tokens as people write them. BTT, BTK and SKY have six decimals. */

import { ClientError } from "./errors.js";

/** Decimals of every token. */
export const DECIMALS = 6;

const UNIT = 10n ** BigInt(DECIMALS);
const MOST = (1n << 128n) - 1n;

/**
 * Reads `12`, `12.5`, `0.000001` as base units.
 *
 * @throws ClientError `invalid_amount`.
 */
export function parseAmount(text: string): bigint {
  const wrong = (reason: string) => new ClientError({ kind: "invalid_amount", text, reason });
  const found = /^([0-9]{1,60})(?:\.([0-9]{1,60}))?$/.exec(text);
  if (found === null) {
    throw wrong(/^-[0-9]/.test(text) ? "it is below 0" : "it is no decimal number without a sign");
  }
  const [, whole = "", part = ""] = found;
  if (part.length > DECIMALS) {
    throw wrong(`it has ${part.length} decimals, tokens have ${DECIMALS}`);
  }
  const amount = BigInt(whole) * UNIT + BigInt(part.padEnd(DECIMALS, "0"));
  if (amount > MOST) {
    throw wrong("there can never be that many of any token");
  }
  return amount;
}

/** Writes base units as {@link parseAmount} reads them, without trailing zeros. */
export function amountDigits(amount: bigint | string): string {
  return pieces(amount).join(".");
}

/** Writes base units with a comma before every three digits, and the token's ticker: `1,234,567.5 BTT`. */
export function showAmount(amount: bigint | string, symbol = "BTT"): string {
  const [whole = "", ...part] = pieces(amount);
  return `${[whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ","), ...part].join(".")} ${symbol}`;
}

function pieces(amount: bigint | string): string[] {
  const text = amount.toString();
  if (!/^[0-9]{1,39}$/.test(text)) {
    throw new ClientError({ kind: "invalid_amount", text, reason: "expected base units: decimal digits of at most 128 bits" });
  }
  const units = BigInt(text);
  const part = (units % UNIT).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return part === "" ? [`${units / UNIT}`] : [`${units / UNIT}`, part];
}
