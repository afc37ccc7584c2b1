/** In the page: the worker's functions. It is started when the first is called. */

import { scriptUrl } from "../lib/script-url";
import script from "./crypto.ts?worker&url";
import { WorkerError, type Answer, type Question } from "./messages";

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** A worker, whose functions are asked for by name. */
export class WorkerClient {
  readonly #start: () => Worker;
  #worker: Worker | undefined;
  #id = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** @throws WorkerError what the function says, or that the worker failed. */
  call<T>(name: string, ...args: unknown[]): Promise<T> {
    const worker = (this.#worker ??= this.#begin());
    const id = (this.#id += 1);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, call: name, args } satisfies Question);
    });
  }

  /** Ends the worker, and with it all secrets that it holds. */
  stop(): void {
    this.#worker?.terminate();
    this.#fail("it was stopped");
  }

  #begin(): Worker {
    const worker = this.#start();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("fault" in data) {
        waiting?.reject(new WorkerError(data.fault));
      } else {
        waiting?.resolve(data.value);
      }
    };
    worker.onerror = (event) => this.#fail(event.message || "it can't be loaded");
    return worker;
  }

  #fail(message: string): void {
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const error = new WorkerError({ kind: "bug", message: `the worker with the cryptography failed: ${message}`, remedy: "load the page again" });
    waiting.forEach(({ reject }) => reject(error));
  }
}

export const crypto = new WorkerClient(() => new Worker(scriptUrl(script), { type: "module", name: "bithive" }));
