/** The chain's clock between two blocks, so that what drains does so by the second. */

import { network } from "./chain.svelte";

/** Seconds after a block until the clock waits for the next one: a chain that answers nothing pays nothing. */
const MOST = 60;

/** While the component lives. Readers who want less motion see what each block says. */
export class Clock {
  /** Unix seconds: the time of the last block, and what has gone since then by a clock that nobody sets. */
  now = $state(0n);

  constructor() {
    let shown = 0n;
    const show = (now: bigint) => {
      // A block a little behind what is shown does not turn it back; far behind, it is the chain's word.
      if (now > shown || shown - now > BigInt(MOST)) {
        this.now = shown = now;
      }
    };
    $effect(() => {
      const [block, seen] = [network.time, performance.now()];
      show(block);
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        return;
      }
      const timer = setInterval(() => show(block + BigInt(Math.min(Math.floor((performance.now() - seen) / 1_000), MOST))), 1_000);
      return () => clearInterval(timer);
    });
  }
}
