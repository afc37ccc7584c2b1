//! Division of what is paid for a job.

use crate::Bps;

/// One value for each party of a settlement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts<T> {
    /// For the worker of the quorum.
    pub worker: T,
    /// Owner of the model.
    pub model_owner: T,
    /// Owner of the data.
    pub data_owner: T,
    /// For the protocol's treasury.
    pub treasury: T,
    /// Patient incentive pool.
    pub incentive_pool: T,
}

/// Which optional parties a job names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receivers {
    /// The owner of the model receives its share.
    pub model_owner: bool,
    /// The owner of the data receives its share.
    pub data_owner: bool,
}

/// Shares do not make up the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("the parts of the split sum to {found} basis points; expected exactly 10000")]
pub struct SplitError {
    /// Sum of the shares, in basis points.
    pub found: u32,
}

/// Shares that sum to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split(Parts<Bps>);

impl Split {
    /// Checks shares in 1/10,000.
    ///
    /// # Errors
    /// [`SplitError`] if they don't sum to 10,000.
    pub fn new(parts: Parts<u16>) -> Result<Self, SplitError> {
        let Parts { worker, model_owner, data_owner, treasury, incentive_pool } = parts;
        let found = [worker, model_owner, data_owner, treasury, incentive_pool].map(u32::from).iter().sum();
        let share = |value| Bps::new("share", value).map_err(|_| SplitError { found });
        if found != u32::from(Bps::WHOLE.get()) {
            return Err(SplitError { found });
        }
        Ok(Self(Parts {
            worker: share(worker)?,
            model_owner: share(model_owner)?,
            data_owner: share(data_owner)?,
            treasury: share(treasury)?,
            incentive_pool: share(incentive_pool)?,
        }))
    }

    /// Divides `amount`; the parts sum to `amount`. Each part is rounded down, and the treasury receives what
    /// is left: its own share, the rounding, and the shares of absent `receivers`.
    #[must_use]
    pub fn divide(&self, amount: u128, receivers: Receivers) -> Parts<u128> {
        let part = |share: Bps, present: bool| if present { share.of(amount) } else { 0 };
        let worker = part(self.0.worker, true);
        let model_owner = part(self.0.model_owner, receivers.model_owner);
        let data_owner = part(self.0.data_owner, receivers.data_owner);
        let incentive_pool = part(self.0.incentive_pool, true);
        // Can't saturate: floors of shares that sum to at most the whole sum to at most the amount.
        let treasury = [worker, model_owner, data_owner, incentive_pool]
            .iter()
            .fold(amount, |left, part| left.saturating_sub(*part));
        Parts { worker, model_owner, data_owner, treasury, incentive_pool }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(worker: u16, model_owner: u16, data_owner: u16, treasury: u16, incentive_pool: u16) -> Split {
        Split::new(Parts { worker, model_owner, data_owner, treasury, incentive_pool }).unwrap()
    }

    const ALL: Receivers = Receivers { model_owner: true, data_owner: true };

    #[test]
    fn each_party_receives_its_share_and_the_treasury_the_rounding() {
        let parts = split(7_000, 1_000, 1_000, 500, 500).divide(1_001, ALL);
        let expected =
            Parts { worker: 700, model_owner: 100, data_owner: 100, treasury: 51, incentive_pool: 50 };
        assert_eq!(parts, expected);
    }

    #[test]
    fn the_share_of_an_absent_receiver_goes_to_the_treasury() {
        let parts = split(7_000, 1_000, 1_000, 500, 500).divide(1_000, Receivers::default());
        let expected =
            Parts { worker: 700, model_owner: 0, data_owner: 0, treasury: 250, incentive_pool: 50 };
        assert_eq!(parts, expected);
    }

    #[test]
    fn a_split_that_is_not_the_whole_is_refused_with_its_sum() {
        let sum = |worker, treasury| Split::new(Parts { worker, treasury, ..Parts::default() });
        assert_eq!(sum(9_000, 999), Err(SplitError { found: 9_999 }));
        assert_eq!(sum(9_000, 1_001), Err(SplitError { found: 10_001 }));
        // 75,536 is 10,000 in 16 bits: the sum must not wrap.
        assert_eq!(sum(65_535, 10_001), Err(SplitError { found: 75_536 }));
        assert!(sum(10_000, 0).is_ok());
    }

    fn shares() -> impl Strategy<Value = Parts<u16>> {
        proptest::collection::vec(0u16..=10_000, 4).prop_map(|mut cuts| {
            cuts.sort_unstable();
            Parts {
                worker: cuts[0],
                model_owner: cuts[1] - cuts[0],
                data_owner: cuts[2] - cuts[1],
                treasury: cuts[3] - cuts[2],
                incentive_pool: 10_000 - cuts[3],
            }
        })
    }

    fn amounts() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..20_000, (0u128..20_000).prop_map(|below| u128::MAX - below)]
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_amount(
            shares in shares(), amount in amounts(), model_owner: bool, data_owner: bool,
        ) {
            let parts = Split::new(shares).unwrap().divide(amount, Receivers { model_owner, data_owner });
            let sum = [parts.worker, parts.model_owner, parts.data_owner, parts.treasury, parts.incentive_pool]
                .iter()
                .try_fold(0u128, |sum, part| sum.checked_add(*part));
            prop_assert_eq!(sum, Some(amount));
        }

        #[test]
        fn only_the_treasury_gains_from_rounding(shares in shares(), amount in amounts()) {
            let parts = Split::new(shares).unwrap().divide(amount, ALL);
            let floor = |share| Bps::new("share", share).unwrap().of(amount);
            prop_assert_eq!(parts.worker, floor(shares.worker));
            prop_assert_eq!(parts.incentive_pool, floor(shares.incentive_pool));
            prop_assert!(parts.treasury >= floor(shares.treasury));
            prop_assert!(parts.treasury - floor(shares.treasury) <= 4);
        }
    }
}
