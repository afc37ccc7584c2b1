/** JSON-RPC over HTTP to one server, which is not trusted: answers are bounded in time and size, and belong to the call. */

import { ClientError, cut, invalid } from "./errors.js";
import { JsonError, parseJson, writeJson, type Json } from "./json.js";

/** How a server is asked. */
export interface RpcOptions {
  /** Milliseconds until an answer has to be there, its body included. Default 10,000. */
  timeout?: number;
  /** Most bytes of an answer. Default 32 MiB. */
  maxBytes?: number;
  /**
   * Calls that are made in the same turn of the event loop go in one request, at most this many. Default 10, which is
   * what CometBFT takes. 1 sends each on its own; so does a server that has refused several once.
   */
  batch?: number;
  /** Headers of every request, like a session's token. */
  headers?: Record<string, string>;
  /** In place of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** How one call is made. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** In a request of its own, whatever others there are. */
  alone?: boolean;
}

/** An object of JSON. */
export type JsonObject = { [name: string]: Json };

/** What the server said about one call. */
type Answer = { result: Json } | { refusal: string };

interface Waiting {
  id: bigint;
  method: string;
  params: JsonObject;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** A server of a node's RPC. */
export class Rpc {
  /** Its address, without user and password. */
  readonly url: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #headers: Record<string, string>;
  readonly #timeout: number;
  readonly #maxBytes: number;
  #batch: number;
  #id = 0n;
  #waiting: Waiting[] = [];

  /**
   * @param url `http://host:port`, `https://host`, or, in a page, a path of its own origin like `/rpc`.
   * @throws ClientError `invalid_input`.
   */
  constructor(url: string, options: RpcOptions = {}) {
    const base = (globalThis as { location?: { href?: string } }).location?.href;
    const parsed = URL.canParse(url, base) ? new URL(url, base) : undefined;
    if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
      throw invalid("url", `${JSON.stringify(url.slice(0, 128))}, expected http://host:port, https://host or a path of this page's origin`);
    }
    if (parsed.username !== "" || parsed.password !== "") {
      throw invalid("url", "it has a user or a password, which fetch refuses; use the option headers");
    }
    this.url = parsed.href;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#headers = { "content-type": "application/json", ...options.headers };
    this.#timeout = positive("timeout", options.timeout ?? 10_000);
    this.#maxBytes = positive("maxBytes", options.maxBytes ?? 32 << 20);
    this.#batch = positive("batch", options.batch ?? 10);
  }

  /**
   * Calls a method.
   *
   * @throws ClientError `rpc_refused` where the server refuses; `node_down`, `timeout`, `aborted`, `unreadable`.
   */
  async call(method: string, params: JsonObject, options: CallOptions = {}): Promise<Json> {
    const answer = await this.answer(method, params, options);
    if ("refusal" in answer) {
      throw new ClientError({ kind: "rpc_refused", method, reason: answer.refusal });
    }
    return answer.result;
  }

  /** Calls a method, and gives what the server says, be it a refusal. @throws ClientError as `call`, but for that. */
  async answer(method: string, params: JsonObject, { signal, alone = false }: CallOptions = {}): Promise<Answer> {
    if (signal?.aborted) {
      throw new ClientError({ kind: "aborted", method });
    }
    this.#id += 1n;
    const id = this.#id;
    let stop = () => {};
    const made = new Promise<Answer>((resolve, reject) => {
      stop = () => reject(new ClientError({ kind: "aborted", method }));
      signal?.addEventListener("abort", stop);
      const call = { id, method, params, resolve, reject };
      if (alone || this.#batch === 1) {
        void this.#send([call], signal);
      } else if (this.#waiting.push(call) === 1) {
        queueMicrotask(() => this.#flush());
      }
    });
    try {
      return await made;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += this.#batch) {
      void this.#send(waiting.slice(at, at + this.#batch));
    }
  }

  /** Never rejects: each call learns what became of it. */
  async #send(calls: Waiting[], signal?: AbortSignal): Promise<void> {
    const [first] = calls;
    if (first === undefined) {
      return;
    }
    try {
      const name = calls.length === 1 ? first.method : `${calls.length} calls`;
      const requests = calls.map(({ id, method, params }) => ({ jsonrpc: "2.0", id, method, params }));
      const answer = await this.#post(name, writeJson(calls.length === 1 ? requests[0] : requests), signal);
      if (calls.length === 1) {
        first.resolve(this.#read(first, answer));
        return;
      }
      if (!Array.isArray(answer)) {
        // It takes one call at a time. What it refused as a whole, it has not done in part.
        this.#batch = 1;
        await Promise.all(calls.map((call) => this.#send([call])));
        return;
      }
      this.#settle(calls, answer);
    } catch (error) {
      calls.forEach((call) => call.reject(error));
    }
  }

  #settle(calls: Waiting[], answers: Json[]): void {
    for (const call of calls) {
      const own = answers.filter((answer) => isObject(answer) && answer["id"] === call.id);
      try {
        if (own.length !== 1) {
          throw this.unreadable(call.method, `${own.length} answers to one call`);
        }
        call.resolve(this.#read(call, own[0] ?? null));
      } catch (error) {
        call.reject(error);
      }
    }
  }

  #read({ id, method }: Waiting, answer: Json): Answer {
    if (!isObject(answer)) {
      throw this.unreadable(method, "it is no object");
    }
    const { error } = answer;
    if (error !== undefined && error !== null) {
      return { refusal: refusal(error) };
    }
    if (answer["id"] !== id) {
      throw this.unreadable(method, `its id is ${writeJson(answer["id"] ?? null).slice(0, 64)}, expected ${id}`);
    }
    if (answer["result"] === undefined) {
      throw this.unreadable(method, "neither result nor error");
    }
    return { result: answer["result"] };
  }

  async #post(method: string, body: string, signal?: AbortSignal): Promise<Json> {
    const timeout = AbortSignal.timeout(this.#timeout);
    const down = (reason: string) => new ClientError({ kind: "node_down", url: this.url, reason: cut(reason) });
    let status: number;
    let bytes: Uint8Array;
    try {
      const response = await this.#fetch(this.url, {
        method: "POST",
        headers: this.#headers,
        body,
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        redirect: "error",
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
      });
      status = response.status;
      bytes = await this.#body(method, response);
    } catch (error) {
      if (error instanceof ClientError) {
        throw error;
      }
      if (timeout.aborted) {
        throw new ClientError({ kind: "timeout", url: this.url, method, milliseconds: this.#timeout });
      }
      throw signal?.aborted ? new ClientError({ kind: "aborted", method }) : down(causes(error));
    }
    try {
      // CometBFT answers an error of a method with status 500 and an object as always.
      return parseJson(bytes, { size: this.#maxBytes });
    } catch (error) {
      if (error instanceof JsonError && status !== 200) {
        throw down(`HTTP status ${status}`);
      }
      throw error instanceof JsonError ? this.unreadable(method, error.message) : error;
    }
  }

  async #body(method: string, response: Response): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      length += part.value.length;
      if (length > this.#maxBytes) {
        await reader?.cancel();
        throw this.unreadable(method, `more than ${this.#maxBytes} bytes`);
      }
      parts.push(part.value);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** An answer that is not what was asked for. */
  unreadable(method: string, reason: string): ClientError {
    return new ClientError({ kind: "unreadable", what: `the answer of ${this.url} to ${method}`, reason: cut(reason) });
  }
}

/** Whether a value of JSON is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The words of an error of JSON-RPC; CometBFT has them in `data`. */
function refusal(error: Json): string {
  const { data, message } = isObject(error) ? error : { data: undefined, message: undefined };
  if (typeof data === "string" && data !== "") {
    return cut(data);
  }
  return cut(typeof message === "string" ? message : writeJson(error));
}

/** The innermost reason of a failed `fetch`, which by itself only says that it failed. */
function causes(error: unknown): string {
  let words = "the request failed";
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    words = at.message || ("code" in at ? String(at.code) : words);
  }
  return words;
}

function positive(field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw invalid(field, `${value}, expected an integer of 1 or more`);
  }
  return value;
}
