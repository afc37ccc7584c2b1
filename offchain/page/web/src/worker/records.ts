/**
 * Jobs of this browser, in IndexedDB. What says what a job is about is sealed by packages/web; readable are what is on chain as well (vault, number,
 * accounts at fault), epoch and times.
 */

import { CHANGED } from "./messages";

/** A job as it lies in the database. */
export interface Stored {
  id: string;
  /** Chain, market and account. */
  scope: string;
  stage: "asking" | "sealed" | "posted";
  created: number;
  jobId?: string;
  vault?: Uint8Array;
  /** That the committee was asked in; digits. */
  epoch: string;
  plan: Uint8Array;
  rows: Uint8Array;
  pending?: Uint8Array;
  secrets?: Uint8Array;
  /** Keys of rounds, by round and digest of the payload: several assignments of a round may be tried. */
  rounds: Record<string, Uint8Array>;
  /** Accounts that were at fault in a round: the chain shows those of the last one only. */
  faulted?: string[];
}

const NAME = "bithive";
const STORE = "jobs";

/** An error for people, as those of packages/web are. */
export class RecordError extends Error {
  readonly kind = "storage";
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = "RecordError";
    this.remedy = remedy;
  }
}

function failed(error: DOMException | null): RecordError {
  return error?.name === "QuotaExceededError"
    ? new RecordError("this browser's storage for this page is full", "free some space in the browser's settings, then try again")
    : new RecordError(`this browser keeps nothing for this page: ${error?.message ?? "no reason"}`, "allow this page to keep data, or use a window that is not private");
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failed(request.error));
  });
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return settled(request);
}

let database: Promise<IDBDatabase> | undefined;

async function store(mode: IDBTransactionMode): Promise<IDBTransaction> {
  database ??= open();
  try {
    const opened = await database;
    // Another tab with a later version may delete or upgrade: this one lets go.
    opened.onversionchange = () => {
      opened.close();
      database = undefined;
    };
    return opened.transaction(STORE, mode, { durability: "strict" });
  } catch (error) {
    database = undefined;
    throw error;
  }
}

/** Tells every tab that records are others now. */
const told = new BroadcastChannel(CHANGED);

/** Ends when a transaction is on disk. */
function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(failed(transaction.error));
    transaction.onabort = () => reject(failed(transaction.error));
  });
}

/** Keeps a new job; it is on disk when this is done. */
export async function put(record: Stored): Promise<void> {
  const transaction = await store("readwrite");
  const ended = done(transaction);
  transaction.objectStore(STORE).put(record);
  await ended;
  told.postMessage(record.id);
}

function there(found: Stored | undefined): Stored {
  if (found === undefined) {
    throw new RecordError("this browser does not have the job's keys any more", "open the page where the job was posted");
  }
  return found;
}

export async function get(id: string): Promise<Stored> {
  return there(await settled((await store("readonly")).objectStore(STORE).get(id)));
}

/**
 * Changes a job's record, in one transaction: what other tabs have written to it stays. `change` gives what is kept from now on,
 * or null for nothing; what it throws changes nothing. Gives what is kept.
 */
export async function update<T extends Stored | null>(id: string, change: (record: Stored) => T): Promise<T> {
  const transaction = await store("readwrite");
  const ended = done(transaction);
  const records = transaction.objectStore(STORE);
  let next: T;
  try {
    next = change(there(await settled<Stored | undefined>(records.get(id))));
  } catch (error) {
    ended.catch(() => undefined);
    transaction.abort();
    throw error;
  }
  if (next === null) {
    records.delete(id);
  } else {
    records.put(next);
  }
  await ended;
  told.postMessage(id);
  return next;
}

/** Throws where this browser has no room for another `bytes`: asked before something is paid whose keys could not be kept. */
export async function room(bytes: number): Promise<void> {
  const [id, scope] = ["room", ""];
  const taken = await store("readwrite");
  const ended = done(taken);
  taken.objectStore(STORE).put({ id, scope, bytes: crypto.getRandomValues(new Uint8Array(bytes)) });
  await ended;
  await settled((await store("readwrite")).objectStore(STORE).delete(id));
}

export async function all(scope: string): Promise<Stored[]> {
  const found: Stored[] = await settled((await store("readonly")).objectStore(STORE).getAll());
  return found.filter((record) => record.scope === scope).sort((one, other) => other.created - one.created);
}
