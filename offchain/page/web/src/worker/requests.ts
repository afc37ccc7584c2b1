/** In the worker: calls by name, one after another, since secrets of one job are changed by them. */

import { faultOf, type Answer, type Question } from "./messages";

// eslint-style names of the worker's scope are not in the types of a page.
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(message: Answer): void;
};

/** Functions by name. */
// The page's side has the types; a message has none.
export type Calls = Record<string, (...args: never[]) => unknown>;

export function serve(calls: Calls): void {
  let before: Promise<unknown> = Promise.resolve();
  scope.onmessage = ({ data: { id, call, args } }) => {
    before = before.then(async () => {
      try {
        const found = Object.hasOwn(calls, call) ? calls[call] : undefined;
        if (found === undefined) {
          throw new Error(`no call ${call}`);
        }
        scope.postMessage({ id, value: await (found as (...all: unknown[]) => unknown)(...args) });
      } catch (error) {
        scope.postMessage({ id, fault: faultOf(error) });
      }
    });
  };
}
