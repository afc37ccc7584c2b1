/** Calls to the server beside the chain's: paths under `/x/` that need the session's token. */

import { ClientError, parseJson } from "@bithive/client";

import { serverWords } from "./batch";

/** The token of this tab; paths of the session answer to it only. */
export const session: { token: string | undefined } = { token: undefined };

/** An error of the server: `kind` is one of its table. */
export class ServerError extends Error {
  readonly kind: string;
  readonly remedy: string;

  constructor(kind: string, what: string, remedy: string) {
    super(what);
    this.name = "ServerError";
    this.kind = kind;
    this.remedy = remedy;
  }
}

/** How a path is asked. */
export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: BodyInit;
  signal?: AbortSignal;
  /** Milliseconds. */
  timeout?: number;
}

/** @throws ServerError, ClientError `node_down` where the server does not answer. */
export async function call(path: string, { method = "GET", body, signal, timeout = 30_000 }: Call = {}): Promise<Response> {
  const limit = AbortSignal.timeout(timeout);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: session.token === undefined ? {} : { authorization: `Bearer ${session.token}` },
      ...(body === undefined ? {} : { body }),
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
    });
  } catch (error) {
    if (signal?.aborted === true) {
      throw new ClientError({ kind: "aborted", method: path });
    }
    if (limit.aborted) {
      throw new ClientError({ kind: "timeout", url: location.origin, method: path, milliseconds: timeout });
    }
    throw new ClientError({ kind: "node_down", url: location.origin, reason: error instanceof Error ? error.message : "no answer" });
  }
  if (!response.ok) {
    throw await refused(response);
  }
  return response;
}

/** An answer in JSON, integers as bigints. */
export async function callJson(path: string, how?: Call): Promise<{ [name: string]: ReturnType<typeof parseJson> }> {
  const response = await call(path, how);
  const value = parseJson(new Uint8Array(await response.arrayBuffer()));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ClientError({ kind: "unreadable", what: path, reason: "it is no object" });
  }
  return value;
}

async function refused(response: Response): Promise<ServerError> {
  try {
    const answer = parseJson(await response.text(), { size: 65_536 });
    const error = (answer as { error?: { kind?: unknown; remedy?: unknown } }).error;
    return new ServerError(String(error?.kind ?? response.status), serverWords(answer) ?? `HTTP status ${response.status}`, String(error?.remedy ?? ""));
  } catch {
    return new ServerError(String(response.status), `HTTP status ${response.status}`, "try again");
  }
}
