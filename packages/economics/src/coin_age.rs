//! Coins held times the time they were held, which is the weight of an account in an election.

use cosmwasm_std::{Uint128, Uint256};

use crate::ratio::wide_share;
use crate::vesting::DAY;

/// Longest time that counts, in seconds: 365 days.
pub const LONGEST: u64 = 365 * DAY;

/// What an account holds, and since when in the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoinAge {
    /// In base units.
    pub balance: u128,
    /// Mean time of its deposits, weighed by their amounts, in Unix seconds.
    pub since: u64,
}

impl CoinAge {
    /// Adds a deposit of this moment, which weighs nothing yet. None where the balance leaves 128 bits.
    ///
    /// First t = max(t, now - [`LONGEST`]): time beyond the longest would otherwise make new coins old. Then t' = ceil((b t + d now) / (b + d)).
    /// What was held for the longest time counts on from there, so that coins beside new ones lift these by what they
    /// themselves don't count; never above the balance times the longest time.
    #[must_use]
    pub fn deposit(&self, amount: u128, now: u64) -> Option<Self> {
        let balance = self.balance.checked_add(amount)?;
        let since = self.since.max(now.saturating_sub(LONGEST));
        let weighed = |amount: u128, time: u64| Uint128::new(amount).full_mul(time);
        // Two products of 192 bits.
        let sum = weighed(self.balance, since).checked_add(weighed(amount, now)).ok()?;
        let mean = ceiling(sum, balance).unwrap_or(now.into());
        // A mean of two times of 64 bits.
        Some(Self { balance, since: u64::try_from(mean).unwrap_or(now) })
    }

    /// Takes coins out; those that are left are as old as they were. None if there are fewer.
    #[must_use]
    pub fn withdraw(&self, amount: u128) -> Option<Self> {
        Some(Self { balance: self.balance.checked_sub(amount)?, ..*self })
    }

    /// floor(b min(now - t, [`LONGEST`]) / 86,400): base units times days. None where it leaves 128 bits, which takes more than 2^119 base
    /// units.
    #[must_use]
    pub fn weight(&self, now: u64) -> Option<u128> {
        let age = now.saturating_sub(self.since).min(LONGEST);
        wide_share(self.balance, age.into(), DAY.into())
    }
}

/// ceil(sum / by); none where `by` is 0 or the quotient leaves 128 bits.
fn ceiling(sum: Uint256, by: u128) -> Option<u128> {
    let by = Uint256::from(by);
    let (floor, rest) = (sum.checked_div(by).ok()?, sum.checked_rem(by).ok()?);
    Uint128::try_from(floor).ok()?.u128().checked_add(u128::from(!rest.is_zero()))
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn held(balance: u128, days: u64) -> CoinAge {
        CoinAge { balance, since: NOW - days * DAY }
    }

    #[test]
    fn a_deposit_of_the_same_block_weighs_nothing() {
        let fresh = CoinAge::default().deposit(1_000, NOW).unwrap();
        assert_eq!((fresh.weight(NOW), fresh.weight(NOW + DAY)), (Some(0), Some(1_000)));
        let old = held(100, 10);
        assert_eq!(old.deposit(900, NOW).unwrap().weight(NOW), old.weight(NOW));
    }

    #[test]
    fn a_coin_of_centuries_makes_no_new_coins_old() {
        let old = CoinAge { balance: 1, since: 0 }.deposit(364, NOW).unwrap();
        assert_eq!(old.weight(NOW), Some(365), "one coin of a year, not of fifty");
        assert_eq!(held(5, 700).weight(NOW), Some(5 * 365));
    }

    #[test]
    fn a_withdrawal_keeps_the_age_and_takes_no_more_than_there_is() {
        let half = held(100, 10).withdraw(50).unwrap();
        assert_eq!((half.weight(NOW), half.withdraw(51)), (Some(500), None));
        // Out and in again loses the age.
        let again = half.withdraw(50).unwrap().deposit(50, NOW).unwrap();
        assert_eq!(again, CoinAge { balance: 50, since: NOW });
    }

    #[test]
    fn what_leaves_128_bits_is_none() {
        let full = CoinAge { balance: u128::MAX, since: NOW - LONGEST };
        assert_eq!((full.deposit(1, NOW), full.weight(NOW)), (None, None));
        assert_eq!(full.deposit(0, NOW), Some(full));
        assert_eq!(CoinAge::default().deposit(0, NOW), Some(CoinAge { balance: 0, since: NOW }));
    }

    fn amounts() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..1_000, (0u128..1_000).prop_map(|below| u128::MAX - below)]
    }

    proptest! {
        #[test]
        fn deposits_and_weights_are_the_formulas_over_integers_of_any_size(
            balance in amounts(), since: u64, amount in amounts(), now: u64, later: u64,
        ) {
            let before = CoinAge { balance, since };
            let after = before.deposit(amount, now);
            let sum = BigUint::from(balance) + amount;
            prop_assert_eq!(after.is_none(), sum > BigUint::from(u128::MAX));
            if let Some(after) = after.filter(|after| after.balance > 0) {
                let clamped = since.max(now.saturating_sub(365 * 86_400));
                let mean = (BigUint::from(balance) * clamped + BigUint::from(amount) * now + &sum - 1u32) / &sum;
                prop_assert_eq!(BigUint::from(after.since), mean);
                let age = later.saturating_sub(after.since).min(365 * 86_400);
                let weight = sum * age / 86_400u32;
                prop_assert_eq!(after.weight(later).map(BigUint::from), Some(weight).filter(|weight| *weight <= BigUint::from(u128::MAX)));
            }
        }

        #[test]
        fn a_deposit_adds_no_weight_and_a_withdrawal_takes_its_part(
            balance in 0u128..1 << 100, days in 0u64..800, amount in 0u128..1 << 100, out in 0u128..1 << 100,
        ) {
            let before = held(balance, days);
            let after = before.deposit(amount, NOW).unwrap();
            prop_assert!(after.weight(NOW) <= before.weight(NOW));
            if let Some(left) = after.withdraw(out) {
                prop_assert!(left.weight(NOW) <= after.weight(NOW));
                prop_assert_eq!(left.since, after.since);
            }
        }

        #[test]
        fn one_who_splits_deposits_over_accounts_gains_nothing_beyond_rounding(
            deposits in prop::collection::vec((0u128..1 << 60, 0u64..500, 0usize..3), 1..20), wait in 0u64..500,
        ) {
            let (mut one, mut split, mut now) = (CoinAge::default(), [CoinAge::default(); 3], NOW);
            for (amount, days, account) in &deposits {
                now += days * DAY;
                one = one.deposit(*amount, now).unwrap();
                split[*account] = split[*account].deposit(*amount, now).unwrap();
            }
            now += wait * DAY;
            let apart: u128 = split.iter().map(|account| account.weight(now).unwrap()).sum();
            // Each deposit moves the mean up by less than a second of the whole balance.
            let rounding = deposits.len() as u128 * (one.balance / u128::from(DAY) + 1) + 3;
            prop_assert!(apart <= one.weight(now).unwrap() + rounding, "{apart} apart, {:?} together", one.weight(now));
            prop_assert!(one.weight(now).unwrap() <= one.balance * 365);
        }

        #[test]
        fn money_that_moves_through_accounts_weighs_less_than_money_that_stays(
            balance in 1u128..1 << 60, days in prop::collection::vec(1u64..100, 1..10),
        ) {
            let (mut moved, mut now) = (CoinAge::default().deposit(balance, NOW).unwrap(), NOW);
            let stays = moved;
            for days in days {
                now += days * DAY;
                // Out of one account, and into a new one.
                let out = moved.balance;
                prop_assert_eq!(moved.withdraw(out).unwrap().balance, 0);
                moved = CoinAge::default().deposit(out, now).unwrap();
                prop_assert_eq!(moved.weight(now), Some(0));
            }
            prop_assert!(moved.weight(now + DAY) <= stays.weight(now + DAY));
        }
    }
}
