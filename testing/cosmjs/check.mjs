// What every part of the run uses: comparing, and expecting a refusal.

import { inspect, isDeepStrictEqual } from "node:util";

/** Ends the run unless the two are the same. */
export function same(what, got, wanted) {
  if (!isDeepStrictEqual(got, wanted)) {
    throw new Error(`${what}: ${inspect(got)}, expected ${inspect(wanted)}`);
  }
  console.log(`ok  ${what}: ${inspect(got)}`);
}

/** Ends the run unless the condition holds; `shown` is what was found. */
export function holds(what, condition, shown) {
  if (!condition) {
    throw new Error(`${what}: does not hold for ${inspect(shown)}`);
  }
  console.log(`ok  ${what}: ${inspect(shown)}`);
}

/** Ends the run unless the promise is refused with words that match; returns the error. */
export async function refused(what, promise, words) {
  let error;
  try {
    const got = await promise;
    error = new Error(`${what}: ${inspect(got)}, expected a refusal`);
  } catch (refusal) {
    if (words.test(refusal.message)) {
      console.log(`ok  ${what}: ${refusal.message.slice(0, 160)}`);
      return refusal;
    }
    error = new Error(`${what}: ${refusal.message}, expected ${words}`, { cause: refusal });
  }
  throw error;
}
