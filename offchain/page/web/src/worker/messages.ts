/** Questions to a worker and its answers, as messages. */

/** Name of the channel on which tabs tell each other that records of jobs have changed. */
export const CHANGED = "bithive.jobs";

/** An error that crossed from a worker. */
export interface Fault {
  kind: string;
  message: string;
  remedy: string;
  column?: number | undefined;
}

/** What a module of the worker says was wrong. `message` and `remedy` are for people. */
export class WorkerError extends Error {
  readonly kind: string;
  readonly remedy: string;
  readonly column: number | undefined;

  constructor({ kind, message, remedy, column }: Fault) {
    super(message);
    this.name = "WorkerError";
    this.kind = kind;
    this.remedy = remedy;
    this.column = column;
  }
}

export interface Question {
  id: number;
  call: string;
  args: unknown[];
}

export type Answer = { id: number; value: unknown } | { id: number; fault: Fault };

/** `postMessage` drops the properties of errors, so they travel as plain objects. */
export function faultOf(error: unknown): Fault {
  const found = (typeof error === "object" && error !== null ? error : {}) as Partial<Record<keyof Fault, unknown>>;
  return {
    kind: typeof found.kind === "string" ? found.kind : "bug",
    message: typeof found.message === "string" ? found.message : String(error),
    remedy: typeof found.remedy === "string" ? found.remedy : "load the page again",
    column: typeof found.column === "number" ? found.column : undefined,
  };
}
