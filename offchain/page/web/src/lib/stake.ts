/** Shares of a pool of stake. */

/** Shares that are worth at least `amount` of a stake of `stake` that `shares` are worth: rounded up, never more than all. */
export function sharesOf(amount: bigint, stake: bigint, shares: bigint): bigint {
  if (stake <= 0n) {
    return 0n;
  }
  const found = (amount * shares + stake - 1n) / stake;
  return found > shares ? shares : found;
}
