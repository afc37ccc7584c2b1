/**
 * The service worker: keeps the page's files, so that the page opens when its server does not answer. Only files of its own list are
 * kept, each after its digest was compared; answers of the chain, of the courier and of the server about itself never are.
 *
 * The page itself (`/`) is asked of the server first, so that a new version is used at the next load. Files below `assets/` have their
 * content's hash in their names, so the kept one is as good.
 */

/** SHA-256 of each file in hex, by its path below the page's; the build writes it here (`tools/offline.ts`). */
declare const __FILES__: Record<string, string>;

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Asked extends Event {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(kind: "message", listener: (event: Asked) => void): void;
}

const scope = globalThis as unknown as Scope;
const PREFIX = "bithive-page-";
const INDEX = "index.html";
/** Milliseconds until the kept page is shown in place of one that does not come. */
const PATIENCE = 5_000;

const files = new Map(Object.entries(__FILES__));
/** A name for this set of files: that of the page, which names all others. */
const cacheName = PREFIX + files.get(INDEX);

/** The path of a file below the page's own; nothing for other places. */
function pathOf(url: string): string | undefined {
  const { base, own } = { base: new URL(scope.registration.scope), own: new URL(url) };
  if (own.origin !== base.origin || own.search !== "" || !own.pathname.startsWith(base.pathname)) {
    return undefined;
  }
  return own.pathname.slice(base.pathname.length) || INDEX;
}

const addressOf = (path: string): string => new URL(path === INDEX ? "" : path, scope.registration.scope).href;

/** Keeps a file if it is the one of the list. @throws Error It is another one. */
async function keep(path: string, response: Response): Promise<void> {
  const bytes = await response.clone().arrayBuffer();
  const digest = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!response.ok || digest !== files.get(path)) {
    throw new Error(`${path} is not the file of this version`);
  }
  await (await caches.open(cacheName)).put(addressOf(path), response);
}

/** The module and models are large, and kept when they are first used. */
const isSmall = (path: string): boolean => !/\.(?:wasm|onnx)$/.test(path);

scope.addEventListener("install", (event) => {
  const all = [...files.keys()].filter(isSmall).map(async (path) => {
    // The page's own name has no hash: not from a cache of HTTP.
    await keep(path, await fetch(addressOf(path), { cache: path.startsWith("assets/") ? "default" : "no-cache", credentials: "omit" }));
  });
  event.waitUntil(Promise.all(all).then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    // The version before stays, for tabs that are still open; `keys` has them in the order in which they were made.
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== cacheName);
    await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
    await scope.clients.claim();
  })());
});

/** The page from its server, or else the kept one. */
async function page(request: Request): Promise<Response> {
  const kept = async () => (await caches.open(cacheName)).match(addressOf(INDEX), { ignoreVary: true });
  try {
    return await Promise.race([
      fetch(request),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no answer in time")), PATIENCE)),
    ]);
  } catch (error) {
    const found = await kept();
    if (found === undefined) {
      throw error;
    }
    return found;
  }
}

/** A file of this version, or of the one before for a tab that is still open. */
async function file(event: Fetching, path: string): Promise<Response> {
  const kept = await caches.match(event.request.url, { ignoreVary: true });
  if (kept !== undefined) {
    return kept;
  }
  const response = await fetch(event.request);
  if (response.ok && files.has(path)) {
    event.waitUntil(keep(path, response.clone()).catch(() => undefined));
  }
  return response;
}

scope.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const path = pathOf(url);
  if (method !== "GET" || path === undefined) {
    return;
  }
  if (mode === "navigate") {
    if (path === INDEX) {
      event.respondWith(page(event.request));
    }
    return;
  }
  if (path.startsWith("assets/") || (path !== INDEX && files.has(path))) {
    event.respondWith(file(event, path));
  }
});

/** A page asks whether it is of this version: it names the files that it was loaded with. */
scope.addEventListener("message", ({ data, ports }) => {
  const urls = Array.isArray(data) ? data.map(String) : [];
  ports[0]?.postMessage(urls.every((url) => files.has(pathOf(url) ?? "")));
});
