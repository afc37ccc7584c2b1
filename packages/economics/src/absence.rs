//! What a member of the committee loses that is not there, and when.
//!
//! There are two duties that the chain can see, and that need nobody else: to take a seat after an election, and to post the
//! digest of an epoch's share keys once as many members as the threshold have posted the same one. That digest is on chain, so
//! each other member can post it as well, also if no other member talks to it. So nobody can be kept from a duty by others.
//!
//! A duty is missed after a [`window`] and [`BLOCKS`], so that a chain that stood still costs nobody a bond. What is taken is
//! burnt or goes to the treasury, like every slash: who reports it gains nothing.
//!
//! Source: issue 13, point 5: "members that publish no share keys or do not answer are replaced and lose something, by a rule that
//! outsiders can't provoke".

use crate::{Bps, Slash, slash};

/// Share of its bond that a member loses with each duty that it misses: a tenth.
pub const LOSS: Bps = Bps::percent(10);
/// Blocks that a member has for a duty at least, besides the [`window`].
pub const BLOCKS: u64 = 20;

/// Seconds that a member has for a duty: a quarter of an epoch.
#[must_use]
pub const fn window(epoch_seconds: u64) -> u64 {
    epoch_seconds >> 2
}

/// Seconds of an epoch in which the next committee can be elected: half of it. The other half is left to agree on keys, so that
/// nobody can have a committee elected that has no time for it.
#[must_use]
pub const fn election(epoch_seconds: u64) -> u64 {
    epoch_seconds >> 1
}

/// What a member with `bond` loses; `burn` of it is burnt.
#[must_use]
pub const fn loss(bond: u128, burn: Bps) -> Slash {
    slash(bond, LOSS.of(bond), burn)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duty_takes_a_quarter_of_an_epoch_and_an_election_half_of_it() {
        assert_eq!([600, 3_600, 86_400].map(window), [150, 900, 21_600]);
        assert_eq!([600, 3_600, 86_400].map(election), [300, 1_800, 43_200]);
    }

    #[test]
    fn a_tenth_of_a_bond_is_lost_and_nothing_of_nothing() {
        let burn = Bps::percent(50);
        assert_eq!(loss(1_000, burn), Slash { taken: 100, burnt: 50, treasury: 50, rest: 900 });
        assert_eq!(loss(9, burn), Slash { taken: 0, burnt: 0, treasury: 0, rest: 9 });
    }

    proptest! {
        #[test]
        fn there_is_time_for_a_seat_and_for_its_successor_after_every_election(epoch in 600u64..=2_592_000) {
            // Elected in the last second for it, missed, replaced: the successor has as long.
            prop_assert!(election(epoch) + 2 * window(epoch) <= epoch);
        }

        #[test]
        fn a_loss_is_conserved_and_leaves_nine_tenths(bond: u128, share in 0u16..=10_000) {
            let cut = loss(bond, Bps::new("burn", share).unwrap());
            prop_assert_eq!(cut.taken.checked_add(cut.rest), Some(bond));
            prop_assert_eq!(cut.burnt.checked_add(cut.treasury), Some(cut.taken));
            prop_assert!(cut.taken <= bond / 10);
        }
    }
}
