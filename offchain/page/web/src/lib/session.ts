/** The token of the session with the server. It comes in the fragment of the address that the program printed. */

import { keep, kept } from "./storage";

const NAME = "bithive.session";

/** What a fragment says: the token, if it has one, and what is left of it. */
export function splitToken(fragment: string): { token: string | undefined; rest: string } {
  const found = /^#?(?:.*?[#&?])?token=([A-Za-z0-9_-]{16,256})(?:&|$)/.exec(fragment);
  if (found === null) {
    return { token: undefined, rest: fragment };
  }
  const rest = fragment.replace(/[#&?]?token=[A-Za-z0-9_-]+&?/, "");
  return { token: found[1], rest: rest.startsWith("#") || rest === "" ? rest : `#${rest}` };
}

/**
 * Takes the token out of the address bar, where it would be copied along with links, and keeps it for this tab: a
 * reload has no fragment any more.
 */
export function takeToken(location: Location, history: History): string | undefined {
  const { token, rest } = splitToken(location.hash);
  if (token === undefined) {
    return kept(NAME, "tab");
  }
  keep(NAME, token, "tab");
  history.replaceState(null, "", `${location.pathname}${location.search}${rest === "" ? "#/" : rest}`);
  return token;
}
