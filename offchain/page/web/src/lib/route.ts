/** Addresses within the page: what stands behind `#`. Nothing of it is sent to a server. */

/** A place of the page. */
export type Route =
  | { page: "network" }
  | { page: "jobs"; before?: bigint }
  | { page: "job"; id: bigint }
  | { page: "proof"; chain: string; jobs: string; id: bigint }
  | { page: "account"; address?: string }
  | { page: "stake"; node?: string }
  | { page: "node"; address?: string }
  | { page: "patient"; address?: string }
  | { page: "payments"; address?: string }
  | { page: "stream"; id: bigint }
  | { page: "escrow"; id: bigint }
  | { page: "offer"; id: bigint }
  | { page: "sell" }
  | { page: "agree" }
  | { page: "pay"; link: string }
  | { page: "request" }
  | { page: "governance" }
  | { page: "unknown" };

/** Places of payments, which are files of their own. */
export type PaymentsRoute = Extract<Route, { page: "payments" | "stream" | "escrow" | "pay" | "offer" | "sell" | "agree" }>;

const MOST = 1n << 64n;

/** The place that a fragment names. What can't be read is `unknown`, never an error. */
export function readRoute(fragment: string): Route {
  // Links that pay have parameters there, and no path: whatever else is in one, the page that pays says so.
  if (/^#?[^/]*=/.test(fragment)) {
    return { page: "pay", link: fragment.replace(/^#/, "") };
  }
  const path = fragment.replace(/^#?\/?/, "").replace(/\/$/, "");
  const parts = path === "" ? [] : path.split("/").map(decode);
  if (parts.some((part) => part === undefined)) {
    return { page: "unknown" };
  }
  const [page, first, second, third, ...more] = parts as string[];
  const none = first === undefined;
  const single = second === undefined;
  switch (page) {
    case undefined:
    case "network":
      return none ? { page: "network" } : { page: "unknown" };
    case "jobs": {
      const before = none ? undefined : readNumber(first);
      return none ? { page } : before !== undefined && single ? { page, before } : { page: "unknown" };
    }
    case "job":
    case "stream":
    case "escrow":
    case "offer": {
      const id = readNumber(first);
      return id !== undefined && single ? { page, id } : { page: "unknown" };
    }
    case "proof": {
      const id = readNumber(third);
      return id !== undefined && first !== undefined && second !== undefined && more.length === 0
        ? { page, chain: first, jobs: second, id }
        : { page: "unknown" };
    }
    case "account":
    case "node":
    case "patient":
    case "payments":
      return none ? { page } : single && isWord(first) ? { page, address: first } : { page: "unknown" };
    case "stake":
      return none ? { page } : single && isWord(first) ? { page, node: first } : { page: "unknown" };
    case "request":
    case "governance":
    case "sell":
    case "agree":
      return none ? { page } : { page: "unknown" };
    default:
      return { page: "unknown" };
  }
}

/** The fragment of a place; {@link readRoute} reads it back. */
export function linkTo(route: Exclude<Route, { page: "unknown" }>): string {
  if (route.page === "pay") {
    return `#${route.link}`;
  }
  const parts: (string | bigint | undefined)[] = (() => {
    switch (route.page) {
      case "network":
        return [];
      case "jobs":
        return [route.before];
      case "job":
      case "stream":
      case "escrow":
      case "offer":
        return [route.id];
      case "proof":
        return [route.chain, route.jobs, route.id];
      case "account":
      case "node":
      case "patient":
      case "payments":
        return [route.address];
      case "stake":
        return [route.node];
      case "request":
      case "governance":
      case "sell":
      case "agree":
        return [];
    }
  })();
  const given = parts.filter((part) => part !== undefined).map((part) => encodeURIComponent(part.toString()));
  return route.page === "network" ? "#/" : `#/${[route.page, ...given].join("/")}`;
}

/** A number of 64 bits, from 1, as people write it. */
export function readNumber(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[1-9][0-9]{0,19}$/.test(text)) {
    return undefined;
  }
  const number = BigInt(text);
  return number < MOST ? number : undefined;
}

function isWord(text: string): boolean {
  return /^[a-z0-9]{1,128}$/.test(text);
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
