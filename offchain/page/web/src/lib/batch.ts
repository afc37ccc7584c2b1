/** Queries of contracts, many in one request, all answered from one height: `POST /x/batch`. */

import {
  checkAddress, ClientError, parseJson, writeJson, type Json, type QueryOptions, type SmartQuery,
} from "@bithive/client";

/** Most queries of a request. */
export const MOST = 64;
const TIMEOUT = 20_000;
const MOST_BYTES = 16 << 20;

interface Waiting {
  contract: string;
  query: string;
  resolve: (answer: Uint8Array) => void;
  reject: (error: unknown) => void;
}

/** The highest height that a server has shown, which no later answer may fall below. */
export class Heights {
  #seen = 0n;

  get seen(): bigint {
    return this.#seen;
  }

  /**
   * Notes a height. `before` is what was known when the question was sent: a later answer may overtake an earlier one.
   *
   * @throws ClientError `height_went_back`.
   */
  reached(height: bigint, before: bigint): bigint {
    if (height < before) {
      throw new ClientError({ kind: "height_went_back", seen: before, got: height });
    }
    this.#seen = height > this.#seen ? height : this.#seen;
    return height;
  }
}

/**
 * Queries that are asked in the same turn of the event loop go in one request, at most {@link MOST}. All answers of a
 * request are of the same height.
 */
export class Batch implements SmartQuery {
  readonly #url: string;
  readonly #heights: Heights;
  readonly #fetch: typeof globalThis.fetch;
  readonly #signal: AbortSignal | undefined;
  #waiting: Waiting[] = [];
  #height = 0n;

  constructor(url: string, heights: Heights, options: { fetch?: typeof globalThis.fetch; signal?: AbortSignal } = {}) {
    this.#url = url;
    this.#heights = heights;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#signal = options.signal;
  }

  /** Height of the last answers; 0 before the first. */
  get height(): bigint {
    return this.#height;
  }

  /** Requests of several, where they fit. @throws ClientError `query_refused` where the chain refuses. */
  smart(contract: string, query: string, _options?: QueryOptions): Promise<Uint8Array> {
    checkAddress(contract);
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ contract, query, resolve, reject }) === 1) {
        queueMicrotask(() => this.#flush());
      }
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += MOST) {
      void this.#send(waiting.slice(at, at + MOST));
    }
  }

  /** Never rejects: each query learns what became of it. */
  async #send(queries: Waiting[]): Promise<void> {
    const before = this.#heights.seen;
    try {
      // The queries are JSON already, checked by their codecs.
      const body = `[${queries.map(({ contract, query }) => `{"contract":${JSON.stringify(contract)},"query":${query}}`).join(",")}]`;
      const { height, results } = this.#read(await this.#post(body), queries.length);
      this.#height = this.#heights.reached(height, before);
      queries.forEach(({ contract, resolve, reject }, index) => {
        const result = results[index];
        if (result !== undefined && "value" in result) {
          resolve(new TextEncoder().encode(writeJson(result["value"])));
        } else {
          reject(refusal(contract, result?.["error"]));
        }
      });
    } catch (error) {
      queries.forEach(({ reject }) => reject(error));
    }
  }

  async #post(body: string): Promise<Json> {
    const timeout = AbortSignal.timeout(TIMEOUT);
    let status: number;
    let text: string;
    try {
      const response = await this.#fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]),
        redirect: "error",
        credentials: "omit",
        cache: "no-store",
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      if (this.#signal?.aborted === true) {
        throw new ClientError({ kind: "aborted", method: "batch" });
      }
      if (timeout.aborted) {
        throw new ClientError({ kind: "timeout", url: this.#url, method: "batch", milliseconds: TIMEOUT });
      }
      throw this.#down(error instanceof Error ? error.message : "the request failed");
    }
    let answer: Json;
    try {
      answer = parseJson(text, { size: MOST_BYTES });
    } catch (error) {
      throw status === 200 ? this.#unreadable(error instanceof Error ? error.message : "no JSON") : this.#down(`HTTP status ${status}`);
    }
    if (status !== 200) {
      throw this.#down(serverWords(answer) ?? `HTTP status ${status}`);
    }
    return answer;
  }

  #read(answer: Json, expected: number): { height: bigint; results: { [name: string]: Json }[] } {
    const { height, results } = isObject(answer) ? answer : { height: undefined, results: undefined };
    if (typeof height !== "string" || !/^[0-9]{1,20}$/.test(height)) {
      throw this.#unreadable("its height is no number");
    }
    if (!Array.isArray(results) || results.length !== expected || !results.every(isObject)) {
      throw this.#unreadable(`expected ${expected} results`);
    }
    return { height: BigInt(height), results };
  }

  #down(reason: string): ClientError {
    return new ClientError({ kind: "node_down", url: this.#url, reason: reason.slice(0, 512) });
  }

  #unreadable(reason: string): ClientError {
    return new ClientError({ kind: "unreadable", what: "the answer to several queries", reason });
  }
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(contract: string, error: Json | undefined): ClientError {
  const words = typeof error === "string" ? error.slice(0, 2048) : "it says no reason";
  return /no such contract/.test(words)
    ? new ClientError({ kind: "no_contract", address: contract })
    : new ClientError({ kind: "query_refused", contract, error: words });
}

/** What a server's error says: `{ "error": { "what", "remedy" } }`. */
export function serverWords(answer: Json): string | undefined {
  const error = isObject(answer) ? answer["error"] : undefined;
  const what = isObject(error) ? error["what"] : undefined;
  return typeof what === "string" ? what : undefined;
}
