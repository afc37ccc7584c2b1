/** The language that the page speaks now. */

import { showCoin, type Coin } from "@bithive/client";

import english from "../messages/en.json";
import {
  chooseLanguage, LANGUAGES, Words, type Key, type Language, type Message, type Values,
} from "./i18n";
import { keep, kept } from "./storage";
import * as format from "./format";

const NAME = "bithive.language";

/** Loaded when they are chosen. */
const OTHERS: Record<Exclude<Language, "en">, () => Promise<{ default: Record<string, Message> }>> = {
  de: () => import("../messages/de.json"),
  "zh-Hans": () => import("../messages/zh-Hans.json"),
};

let words = $state.raw(new Words("en", english));

/** The language that is shown. */
export function language(): Language {
  return words.language;
}

/** A message in the language that is shown. */
export function t(key: Key, values?: Values): string {
  return words.say(key, values);
}

/** An amount in base units, with its ticker. */
export function amount(units: bigint | string, ticker: string): string {
  return format.showAmount(units, ticker, words.language);
}

/** Native coins, like those of a fee. */
export function coins(all: readonly Coin[]): string {
  return all.length === 0 ? t("action.free") : all.map((coin) => (coin.denom === "ubee" ? amount(coin.amount, "BEE") : showCoin(coin))).join(", ");
}

/** Shows another language, and keeps it for the next visit. */
export async function speak(wanted: Language): Promise<void> {
  words = new Words(wanted, wanted === "en" ? english : (await OTHERS[wanted]()).default);
  document.documentElement.lang = wanted;
  keep(NAME, wanted);
}

/** The language of the last visit, or else of the browser. */
export function firstLanguage(): Language {
  const before = kept(NAME);
  return before !== undefined && before in LANGUAGES ? (before as Language) : chooseLanguage(navigator.languages);
}
