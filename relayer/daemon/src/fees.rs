//! What the relayer may spend.

use serde::{Deserialize, Serialize};

/// Bounds of fees, in base units of the chain's fee denomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeLimits {
    /// Most for one transaction.
    pub per_transaction: u128,
    /// Most in one day (UTC, by block time).
    pub per_day: u128,
    /// Balance below which it warns.
    pub warn_below: u128,
}

/// Fees signed for in the current day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    day: u64,
    amount: u128,
}

impl Spent {
    /// What was signed for on the day of `now`, in milliseconds of block time.
    #[must_use]
    pub fn today(&self, now: u64) -> u128 {
        if self.day == day(now) { self.amount } else { 0 }
    }

    /// Whether `fee` more stays within `limit` on this day.
    #[must_use]
    pub fn allows(&self, now: u64, fee: u128, limit: u128) -> bool {
        self.today(now).checked_add(fee).is_some_and(|sum| sum <= limit)
    }

    /// Counts a fee.
    pub fn count(&mut self, now: u64, fee: u128) {
        *self = Self { day: day(now), amount: self.today(now).saturating_add(fee) };
    }

    /// Takes back a fee, counted at `then`, of a transaction that can have no effect any more.
    pub fn uncount(&mut self, then: u64, fee: u128) {
        if self.day == day(then) {
            self.amount = self.amount.saturating_sub(fee);
        }
    }
}

const fn day(milliseconds: u64) -> u64 {
    milliseconds / 86_400_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_limit_and_the_next_one_starts_anew() {
        let (now, tomorrow) = (5, 86_400_000);
        let mut spent = Spent::default();
        assert!(spent.allows(now, 10, 10) && !spent.allows(now, 11, 10));
        spent.count(now, 7);
        assert!(spent.allows(now, 3, 10) && !spent.allows(now, 4, 10));
        assert!(!spent.allows(now, u128::MAX, u128::MAX));
        assert!(spent.allows(tomorrow, 10, 10));
        spent.uncount(now, 2);
        assert_eq!(spent.today(now), 5);
        spent.count(tomorrow, 1);
        spent.uncount(now, 5);
        assert_eq!((spent.today(tomorrow), spent.today(now)), (1, 0));
    }
}
