/** The form of a policy, as JSON for packages/web, which checks it and writes its text. */

import type { Attribute } from "../worker/types";

/** What is chosen for one attribute. */
export interface Choice {
  /** Least value of an ordered attribute; "" for none. */
  threshold: string;
  /** Categories or members that are ticked. */
  words: string[];
  /** How many of a set's members are needed; 0 for all of those that are ticked. */
  needed: number;
}

export function noChoice(): Choice {
  return { threshold: "", words: [], needed: 0 };
}

type Part = object;

function partOf(attribute: Attribute, { threshold, words, needed }: Choice): Part[] {
  const { name } = attribute;
  switch (attribute.kind) {
    case "ordered":
      // A number of JSON; thresholds of schemas are small.
      return /^[0-9]{1,15}$/.test(threshold) ? [{ is: { reaches: { attribute: name, threshold: Number(threshold) } } }] : [];
    case "categorical":
      return words.length > 0 ? [{ is: { one_of: { attribute: name, values: words } } }] : [];
    case "set": {
      const members = words.map((member) => ({ is: { has: { attribute: name, member } } }));
      return needed > 0 && needed < members.length ? [{ at_least: { needed, of: members } }] : members;
    }
    case "vector":
      return [];
  }
}

/** The policy that all choices together make; nothing while nothing is chosen. */
export function policyOf(attributes: readonly Attribute[], choices: Readonly<Record<string, Choice>>): string | undefined {
  const parts = attributes.flatMap((attribute) => partOf(attribute, choices[attribute.name] ?? noChoice()));
  const [only] = parts;
  return only === undefined ? undefined : JSON.stringify(parts.length === 1 ? only : { all: parts });
}
