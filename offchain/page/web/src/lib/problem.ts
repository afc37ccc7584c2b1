/** What went wrong, in the reader's language where the page has words for it, else in the client's. */

import { ClientError, type Problem, type Spent } from "@bithive/client";

import type { Key, Values } from "./i18n";

/** Words for an error: messages of this page, or English text of the client. */
export interface Trouble {
  what: { key: Key; values?: Values } | { text: string };
  remedy: { key: Key; values?: Values } | { text: string };
  spent: Spent;
  /** English details, for those who look for the cause. */
  detail: string;
}

/** What the page itself finds wrong before anything is sent, in its own words. */
export class Stopped extends Error {
  readonly words: readonly [what: Key, remedy: Key];

  constructor(what: Key, remedy: Key) {
    super(what);
    this.words = [what, remedy];
  }
}

export const SPENT: Readonly<Record<Spent, Key>> = {
  nothing: "spent.nothing",
  fee: "spent.fee",
  unknown: "spent.unknown",
};

/** Kinds that people meet most, in the page's own words. */
const WORDS: Partial<Record<Problem["kind"], [what: Key, remedy: Key]>> = {
  node_down: ["trouble.node_down", "trouble.node_down.do"],
  timeout: ["trouble.timeout", "trouble.timeout.do"],
  wrong_chain: ["trouble.wrong_chain", "trouble.wrong_chain.do"],
  height_went_back: ["trouble.height_went_back", "trouble.height_went_back.do"],
  no_account: ["trouble.no_account", "trouble.no_account.do"],
  insufficient_funds: ["trouble.insufficient_funds", "trouble.insufficient_funds.do"],
  sequence_mismatch: ["trouble.sequence_mismatch", "trouble.sequence_mismatch.do"],
  unconfirmed: ["trouble.unconfirmed", "trouble.unconfirmed.do"],
  wallet_missing: ["trouble.wallet_missing", "trouble.wallet_missing.do"],
  wallet_rejected: ["trouble.wallet_rejected", "trouble.wallet_rejected.do"],
  wallet_key_changed: ["trouble.wallet_key_changed", "trouble.wallet_key_changed.do"],
  wallet_changed_transaction: ["trouble.wallet_changed_transaction", "trouble.wallet_changed_transaction.do"],
  wallet_signs_amino_only: ["trouble.wallet_signs_amino_only", "trouble.wallet_signs_amino_only.do"],
  contract_refused: ["trouble.contract_refused", "trouble.contract_refused.do"],
  invalid_address: ["trouble.invalid_address", "trouble.invalid_address.do"],
};

/** The parts of a problem that its words name. */
function valuesOf(problem: Problem): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(problem)) {
    if (typeof value === "string" || typeof value === "bigint" || typeof value === "number") {
      values[name] = value;
    }
  }
  return values;
}

/** Words of a program as a sentence, as the page's own are. A name at the front, like that of a file, stays as it is. */
export function sentence(words: string): string {
  const text = /^[a-z]+(?=[\s,]|[.!?]?$)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Stopped) {
    const [what, remedy] = error.words;
    return { what: { key: what }, remedy: { key: remedy }, spent: "nothing", detail: error.message };
  }
  if (!(error instanceof ClientError)) {
    const fault = error as { message?: unknown; remedy?: unknown } | null;
    const text = typeof fault?.message === "string" ? fault.message : String(error);
    const remedy = typeof fault?.remedy === "string" ? { text: sentence(fault.remedy) } : { key: "trouble.other.do" as const };
    return { what: { text: sentence(text) }, remedy, spent: "nothing", detail: text };
  }
  const words = WORDS[error.kind];
  const values = valuesOf(error.problem);
  return {
    what: words === undefined ? { text: sentence(error.what) } : { key: words[0], values },
    remedy: words === undefined ? { text: sentence(error.remedy) } : { key: words[1], values },
    spent: error.spent,
    detail: error.what,
  };
}
