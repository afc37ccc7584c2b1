/** The language that the page speaks now. */

import { showCoin, type Coin } from "@bithive/client";

import germanUrl from "../messages/de.json?url";
import englishUrl from "../messages/en.json?url";
import chineseUrl from "../messages/zh-Hans.json?url";
import {
  chooseLanguage, LANGUAGES, Words, type Key, type Language, type Message, type Values,
} from "./i18n";
import { keep, kept } from "./storage";
import * as format from "./format";

const NAME = "bithive.language";

/** Each language is a file of its own: a reader loads the one that is spoken. */
const FILES: Record<Language, string> = { en: englishUrl, de: germanUrl, "zh-Hans": chineseUrl };

let words = $state.raw(new Words("en", {}));
/** The language that was asked for last. */
let asked: Language | undefined;

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
  asked = wanted;
  const response = await fetch(FILES[wanted], { credentials: "omit" });
  if (!response.ok) {
    throw new Error(`${FILES[wanted]}: HTTP status ${response.status}`);
  }
  const messages = await response.json() as Record<string, Message>;
  if (asked !== wanted) {
    // With the keyboard a reader passes others on the way, and their words may come later.
    return;
  }
  words = new Words(wanted, messages);
  document.documentElement.lang = wanted;
  keep(NAME, wanted);
}

/** The language of the last visit, or else of the browser. */
export function firstLanguage(): Language {
  const before = kept(NAME);
  return before !== undefined && before in LANGUAGES ? (before as Language) : chooseLanguage(navigator.languages);
}
