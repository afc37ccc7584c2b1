//! A standing offer to buy, whose bid rises until somebody sells.
//!
//! ```text
//!    bid
//!    high |            ┌────
//!         |          ／          rises evenly from low to high
//!         |        ／   ╲ sale   a sale of a part of the budget takes back that part of the rise
//!    low  |______／
//!         +-----------------------> seconds
//! ```

use crate::ratio::{share, wide_share};

/// Base units that a bid is for: one token of 6 decimals.
pub const PER: u128 = 1_000_000;

/// A bid, in base units for [`PER`] base units of what is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    /// Bid at the beginning.
    pub low: u128,
    /// After `rise` seconds; at least `low`.
    pub high: u128,
    /// Seconds in which it rises.
    pub rise: u64,
}

impl Bid {
    /// The bid after `elapsed` seconds, rounded down: never less than `low`, never more than `high`.
    #[must_use]
    pub fn at(&self, elapsed: u64) -> u128 {
        self.low.saturating_add(share(self.high.saturating_sub(self.low), elapsed, self.rise))
    }

    /// What so many base units cost after `elapsed` seconds, rounded down; none beyond 2^128.
    #[must_use]
    pub fn cost(&self, amount: u128, elapsed: u64) -> Option<u128> {
        wide_share(amount, self.at(elapsed), PER)
    }

    /// The seconds that count as elapsed after a sale for `paid` out of `budget`, rounded down. Whoever sells dust takes
    /// back next to nothing of the rise, whoever takes the whole budget takes back all of it.
    #[must_use]
    pub fn after(&self, elapsed: u64, paid: u128, budget: u128) -> u64 {
        let counted = elapsed.min(self.rise);
        let left = wide_share(counted.into(), budget.saturating_sub(paid), budget).unwrap_or(0);
        u64::try_from(left).unwrap_or(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BID: Bid = Bid { low: 100, high: 300, rise: 1_000 };

    #[test]
    fn a_bid_rises_evenly_and_stays_at_its_height() {
        assert_eq!([0, 1, 500, 999, 1_000, u64::MAX].map(|at| BID.at(at)), [100, 100, 200, 299, 300, 300]);
        assert_eq!(Bid { high: 100, ..BID }.at(700), 100);
    }

    #[test]
    fn a_sale_takes_back_its_part_of_the_rise() {
        assert_eq!(BID.after(800, 25, 100), 600);
        assert_eq!(BID.after(5_000, 25, 100), 750);
        assert_eq!((BID.after(800, 100, 100), BID.after(800, 200, 100)), (0, 0));
        assert_eq!((BID.after(800, 0, 100), BID.after(800, 0, 0)), (800, 0));
    }

    #[test]
    fn a_cost_beyond_128_bits_is_none() {
        assert_eq!(BID.cost(u128::MAX, 0), Some(u128::MAX / 10_000));
        assert_eq!(Bid { low: PER + 1, high: PER + 1, rise: 1 }.cost(u128::MAX, 0), None);
    }

    proptest! {
        #[test]
        fn bids_stay_within_their_bounds_and_never_fall_by_themselves(
            low in 1u128..1 << 100, more in 0u128..1 << 100, rise in 1u64.., times in prop::collection::vec(any::<u64>(), 2..10),
        ) {
            let (mut times, bid) = (times, Bid { low, high: low + more, rise });
            times.sort_unstable();
            let bids: Vec<_> = times.iter().map(|at| bid.at(*at)).collect();
            prop_assert!(bids.is_sorted());
            prop_assert!(bids.iter().all(|found| (low..=low + more).contains(found)));
        }

        #[test]
        fn selling_in_parts_pays_no_more_than_at_the_bid_of_the_first(
            parts in prop::collection::vec(1u128..1 << 40, 1..10), elapsed in 0u64..2_000,
        ) {
            let budget = 1u128 << 60;
            let whole = BID.cost(parts.iter().sum(), elapsed).unwrap();
            let (mut at, mut paid) = (elapsed, 0);
            for part in parts {
                let cost = BID.cost(part, at).unwrap();
                at = BID.after(at, cost, budget);
                paid += cost;
            }
            prop_assert!(paid <= whole);
        }
    }
}
