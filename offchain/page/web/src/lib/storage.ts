/** Small settings of this browser. A full, locked or missing storage is no reason to fail: the page goes on without. */

export type Where = "browser" | "tab";

function place(where: Where): Storage | undefined {
  try {
    return where === "browser" ? globalThis.localStorage : globalThis.sessionStorage;
  } catch {
    // Reading the property throws where a browser keeps nothing for this origin.
    return undefined;
  }
}

/** Keeps a text; says whether it is kept. */
export function keep(name: string, text: string, where: Where = "browser"): boolean {
  try {
    const storage = place(where);
    storage?.setItem(name, text);
    return storage !== undefined;
  } catch {
    return false;
  }
}

/** The text that is kept under a name. */
export function kept(name: string, where: Where = "browser"): string | undefined {
  try {
    return place(where)?.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Forgets a text. */
export function forget(name: string, where: Where = "browser"): void {
  try {
    place(where)?.removeItem(name);
  } catch {
    // There is nothing to forget.
  }
}
