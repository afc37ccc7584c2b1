//! A deposit that drains to one payee: a rate, by time, or the amounts that vouchers name.

/// So much for each whole step of time, until the deposit has no whole unit left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    amount: u128,
    step: u64,
    advance: u64,
}

impl Rate {
    /// A rate of `amount` base units for each `step` seconds, of which `advance` units are due at once. None if amount or step is 0.
    #[must_use]
    pub const fn new(amount: u128, step: u64, advance: u64) -> Option<Self> {
        if amount == 0 || step == 0 { None } else { Some(Self { amount, step, advance }) }
    }

    /// How many units a deposit has.
    #[must_use]
    pub const fn funded(&self, deposit: u128) -> u128 {
        // The amount is not 0.
        match deposit.checked_div(self.amount) {
            Some(units) => units,
            None => 0,
        }
    }

    /// Units that are due at `now` of a flow that began at `start`, both in Unix seconds: those of whole steps and the advance, at most
    /// what the deposit has.
    #[must_use]
    pub fn units(&self, start: u64, now: u64, deposit: u128) -> u128 {
        let steps = now.saturating_sub(start).checked_div(self.step).unwrap_or(0);
        u128::from(steps).saturating_add(self.advance.into()).min(self.funded(deposit))
    }

    /// Base units that are due at `now`, those that were paid included; at most the deposit.
    #[must_use]
    pub fn accrued(&self, start: u64, now: u64, deposit: u128) -> u128 {
        // At most the units that the deposit has, so at most the deposit.
        self.units(start, now, deposit).saturating_mul(self.amount)
    }

    /// Whether the deposit has no unit left that is not due.
    #[must_use]
    pub fn is_depleted(&self, start: u64, now: u64, deposit: u128) -> bool {
        self.units(start, now, deposit) == self.funded(deposit)
    }

    /// When the last unit is due, in Unix seconds. None where that is beyond 64 bits.
    #[must_use]
    pub fn end(&self, start: u64, deposit: u128) -> Option<u64> {
        let steps = u64::try_from(self.funded(deposit).saturating_sub(self.advance.into())).ok()?;
        start.checked_add(steps.checked_mul(self.step)?)
    }
}

/// What a voucher makes due: the part of its cumulative amount, at most the deposit, that was not paid before.
#[must_use]
pub fn redeemable(cumulative: u128, deposit: u128, paid: u128) -> u128 {
    cumulative.min(deposit).saturating_sub(paid)
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_steps_are_due_and_the_advance_at_once() {
        let rate = Rate::new(10, 60, 1).unwrap();
        let due = |now| rate.accrued(1_000, now, 35);
        assert_eq!([900, 1_000, 1_059, 1_060, 1_119, 1_120, u64::MAX].map(due), [10, 10, 10, 20, 20, 30, 30]);
        assert_eq!((rate.funded(35), rate.end(1_000, 35)), (3, Some(1_120)));
        assert!(!rate.is_depleted(1_000, 1_119, 35) && rate.is_depleted(1_000, 1_120, 35));
        assert_eq!((Rate::new(0, 60, 0), Rate::new(1, 0, 0)), (None, None));
    }

    #[test]
    fn an_advance_beyond_the_deposit_is_the_deposit() {
        let rate = Rate::new(10, 60, 9).unwrap();
        assert_eq!((rate.accrued(5, 5, 35), rate.end(5, 35)), (30, Some(5)));
    }

    #[test]
    fn a_voucher_pays_what_is_new_of_it_and_never_more_than_the_deposit() {
        assert_eq!([3, 7, 9, 30].map(|cumulative| redeemable(cumulative, 10, 7)), [0, 0, 2, 3]);
    }

    fn amounts() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..1_000, (0u128..1_000).prop_map(|below| u128::MAX - below)]
    }

    proptest! {
        #[test]
        fn what_is_due_is_the_formula_over_integers_of_any_size(
            amount in 1u128.., step in 1u64.., advance: u64, start: u64, now: u64, deposit in amounts(),
        ) {
            let rate = Rate::new(amount, step, advance).unwrap();
            let steps = BigUint::from(now.saturating_sub(start) / step) + advance;
            let units = steps.min(BigUint::from(deposit) / amount);
            prop_assert_eq!(BigUint::from(rate.accrued(start, now, deposit)), units * amount);
            prop_assert!(rate.accrued(start, now, deposit) <= deposit);
        }

        #[test]
        fn what_is_due_grows_with_time_and_deposit_and_is_all_at_the_end(
            amount in 1u128..100, step in 1u64..1_000, advance in 0u64..5, start in 0u64..1_000, deposit in 0u128..5_000,
            times in prop::collection::vec(0u64..200_000, 2), more in 0u128..5_000,
        ) {
            let rate = Rate::new(amount, step, advance).unwrap();
            let (early, late) = (times[0].min(times[1]), times[0].max(times[1]));
            prop_assert!(rate.accrued(start, early, deposit) <= rate.accrued(start, late, deposit));
            prop_assert!(rate.accrued(start, early, deposit) <= rate.accrued(start, early, deposit + more));
            let end = rate.end(start, deposit).unwrap();
            prop_assert!(rate.is_depleted(start, end, deposit));
            prop_assert!(end == start || !rate.is_depleted(start, end - 1, deposit));
            prop_assert!(deposit - rate.accrued(start, end, deposit) < amount);
        }

        #[test]
        fn vouchers_in_any_order_pay_the_largest_of_them_once(
            deposit in amounts(), vouchers in prop::collection::vec(amounts(), 0..8),
        ) {
            let paid = vouchers.iter().fold(0u128, |paid, cumulative| {
                paid.checked_add(redeemable(*cumulative, deposit, paid)).unwrap()
            });
            prop_assert_eq!(paid, vouchers.iter().copied().max().unwrap_or(0).min(deposit));
        }
    }
}
