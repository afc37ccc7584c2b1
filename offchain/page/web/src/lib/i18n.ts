/** Words of the page in three languages. Messages are plain text: nothing in them is markup. */

import type english from "../messages/en.json";

/** Name of a message. */
export type Key = keyof typeof english;
/** A text, or one for each plural of the language, chosen by the value `n`. */
export type Message = string | { [plural: string]: string };
/** What a message is filled with; numbers are written as the language writes them. */
export type Values = Record<string, string | number | bigint>;

/** Languages of the page, as BCP 47 names them, with what each calls itself. */
export const LANGUAGES = { en: "English", de: "Deutsch", "zh-Hans": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

/** The first of a reader's languages that the page has; English if it has none of them. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const name of wanted) {
    const found = /^(en|de)(-|$)/i.exec(name)?.[1]?.toLowerCase();
    if (found !== undefined) {
      return found as Language;
    }
    // Traditional characters are another script: those readers are better served by the next language they name.
    if (/^zh(-|$)/i.test(name) && !/-(hant|tw|hk|mo)\b/i.test(name)) {
      return "zh-Hans";
    }
  }
  return "en";
}

/** The messages of one language. */
export class Words {
  readonly language: Language;
  readonly #messages: Record<string, Message>;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  constructor(language: Language, messages: Record<string, Message>) {
    this.language = language;
    this.#messages = messages;
    this.#plural = new Intl.PluralRules(language);
    this.#number = new Intl.NumberFormat(language);
  }

  /** The message with its places filled. A key that is not there stands for itself: tests look for none of these. */
  say(key: Key, values: Values = {}): string {
    const message = Object.hasOwn(this.#messages, key) ? this.#messages[key] : undefined;
    const text = typeof message === "string" ? message : this.#pluralOf(message, values["n"]);
    return (text ?? key).replace(/\{([a-z]+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? this.#value(values[name]) : place);
  }

  #pluralOf(message: { [plural: string]: string } | undefined, n: Values[string] | undefined): string | undefined {
    // Plurals differ in their last digits at most, which a number keeps up to 2^53; beyond, every language says "other".
    return message?.[this.#plural.select(Number(n ?? 0))] ?? message?.["other"];
  }

  #value(value: Values[string] | undefined): string {
    return typeof value === "string" ? value : this.#number.format(value ?? 0);
  }
}
