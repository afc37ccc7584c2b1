//! What a result costs whom when the round that it was revealed in fails, or when it differs from what a quorum found.
//!
//! Nobody can tell from the chain who is right where results differ: the majority of a job's workers may belong to its
//! requester. The rules are therefore the same for both sides.
//!
//! | a revealed result | costs the requester | pays the worker | costs the worker's bond |
//! |---|---|---|---|
//! | in the quorum of a settled job | the ask | the ask | 0 |
//! | near that quorum ([`is_near`]) | half of the ask | half of the ask | 0 |
//! | far from that quorum | half of the ask, to the treasury | 0 | as much as the requester ([`outside`]) |
//! | of a round that fails | half of the ask | half of the ask | 0 |
//!
//! What pays a worker is divided like every ask ([`crate::Split`]). So a requester whose own workers are the quorum costs an
//! honest worker no more bond than it pays, a lying worker costs the requester no more than its own bond (of asks up to two
//! slashes: beyond them half of the ask), and no result is free. What a worker can't be prevented from doing, to reveal what it committed to and to sign what it agreed to, costs the
//! market's full slash; so does leaving it out in many jobs at once, because bonds must cover every open round ([`covers`]).

use crate::Bps;

/// Share of its ask that a result costs that is not in the quorum of a settled job: a half.
pub const COMPENSATION: Bps = Bps::percent(50);
/// Results within this many tolerances of a member of the quorum cost no bond. An honest result is within one tolerance of
/// every other honest one; a quorum that is further away than this is not honest noise.
pub const NEAR: u32 = 4;

/// What a result costs that is not in the quorum of a settled job, in the ask's units; rounded down.
#[must_use]
pub const fn compensation(ask: u128) -> u128 {
    COMPENSATION.of(ask)
}

/// What the worker still asks if it stays for the next round, after [`compensation`].
#[must_use]
pub const fn remainder(ask: u128) -> u128 {
    // Can't saturate: half of an amount is at most the amount.
    ask.saturating_sub(compensation(ask))
}

/// What a result far from the quorum costs its worker's bond: what it costs the requester, at most `slash`.
#[must_use]
pub const fn outside(ask: u128, slash: u128) -> u128 {
    let cost = compensation(ask);
    if cost < slash { cost } else { slash }
}

/// Whether a result at `distance` from the nearest member of the quorum may be honest noise.
#[must_use]
pub const fn is_near(distance: u32, tolerance: u32) -> bool {
    distance <= tolerance.saturating_mul(NEAR)
}

/// Whether `bond` covers a slash in each of `rounds` that a worker is bound in.
#[must_use]
pub const fn covers(bond: u128, rounds: u32, slash: u128) -> bool {
    match slash.checked_mul(rounds as u128) {
        Some(needed) => needed <= bond,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_of_an_ask_is_rounded_for_the_requester() {
        assert_eq!((compensation(0), compensation(1), compensation(2), compensation(101)), (0, 0, 1, 50));
        assert_eq!((remainder(0), remainder(1), remainder(2), remainder(101)), (0, 1, 1, 51));
        assert_eq!((outside(100, 50), outside(100, 49), outside(99, 50)), (50, 49, 49));
    }

    #[test]
    fn near_is_within_four_tolerances_and_exact_jobs_know_no_near() {
        assert_eq!([7, 8, 9].map(|distance| is_near(distance, 2)), [true, true, false]);
        assert_eq!([0, 1].map(|distance| is_near(distance, 0)), [true, false]);
        assert!(is_near(u32::MAX, u32::MAX));
    }

    #[test]
    fn a_bond_covers_each_round_and_no_more() {
        assert!(covers(100, 2, 50) && !covers(99, 2, 50) && covers(0, 0, 50));
        assert!(!covers(u128::MAX, u32::MAX, u128::MAX));
    }

    proptest! {
        #[test]
        fn neither_side_loses_more_than_the_other(ask: u128, slash: u128) {
            // The requester with its own quorum pays the compensation, the honest worker's bond loses at most that; the other
            // way round a liar loses as much, up to the market's slash.
            prop_assert!(outside(ask, slash) <= compensation(ask));
            prop_assert!(outside(ask, slash) == compensation(ask) || outside(ask, slash) == slash);
            prop_assert_eq!(compensation(ask).checked_add(remainder(ask)), Some(ask));
            prop_assert!(remainder(ask) - compensation(ask) <= 1);
        }
    }
}
