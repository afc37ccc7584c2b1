// @ts-check
/** Seeded choices, so that a failure repeats. */

export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** An integer below `below`, at most 2^32 (mulberry32). @param {number} below */
  below(below) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** @template T @param {readonly T[]} choices */
  pick(choices) {
    return /** @type {T} */ (choices[this.below(choices.length)]);
  }

  /** A number below 2^`bits`, of any length. @param {number} bits */
  bigint(bits) {
    let value = 0n;
    for (let left = this.below(bits + 1); left > 0; left -= 1) {
      value = value * 2n + BigInt(this.below(2));
    }
    return value;
  }

  /** @param {number} length */
  bytes(length) {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Text of any characters, also those of several units. @param {number} most */
  text(most) {
    const letters = ["a", "Z", "0", " ", "\"", "\\", "\n", "\u0000", "é", "\u2028", "𝄞", "中", "<", "&", "/"];
    return Array.from({ length: this.below(most + 1) }, () => this.pick(letters)).join("");
  }

  /** @template T @param {number} most @param {() => T} make @param {number} least */
  list(most, make, least = 0) {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}
