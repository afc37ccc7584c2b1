/** Jobs of this browser, in IndexedDB. Everything but the vault and the job's number is sealed by packages/web. */

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
    ? new RecordError("this browser's storage for this page is full", "free some space in the browser's settings; nothing was sent or spent")
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

/** Keeps a job; it is on disk when this is done. */
export async function put(record: Stored): Promise<void> {
  const transaction = await store("readwrite");
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(failed(transaction.error));
    transaction.onabort = () => reject(failed(transaction.error));
  });
  transaction.objectStore(STORE).put(record);
  await done;
}

export async function get(id: string): Promise<Stored> {
  const found: Stored | undefined = await settled((await store("readonly")).objectStore(STORE).get(id));
  if (found === undefined) {
    throw new RecordError("this browser does not have the job's keys any more", "open the page where the job was posted");
  }
  return found;
}

export async function all(scope: string): Promise<Stored[]> {
  const found: Stored[] = await settled((await store("readonly")).objectStore(STORE).getAll());
  return found.filter((record) => record.scope === scope).sort((one, other) => other.created - one.created);
}

export async function remove(id: string): Promise<void> {
  await settled((await store("readwrite")).objectStore(STORE).delete(id));
}
