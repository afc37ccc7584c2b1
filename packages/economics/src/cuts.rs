//! A payment that is divided among any number of receivers, each of whom has a share in 1/10,000.
//!
//! Every part is rounded down. What is left, the rounding and whatever no share names, is one amount of its own, so that the caller says
//! whose it is: a seller's, a treasury's, or the first receiver's ([`Cuts::parts_and_rest_to_first`]).

use crate::Bps;

/// Shares can't divide a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum CutsError {
    /// A receiver would get nothing of any payment.
    #[error("share {index} is 0 basis points; expected at least 1, or leave its receiver out")]
    Nothing {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// More would be paid out than came in.
    #[error("the shares sum to {found} basis points; expected at most 10000")]
    AboveWhole {
        /// Sum of the shares, in basis points.
        found: u64,
    },
    /// A part would have no receiver.
    #[error("the shares sum to {found} basis points; expected exactly 10000")]
    NotWhole {
        /// Sum of the shares, in basis points.
        found: u64,
    },
}

/// Shares of a payment, each at least 1/10,000, together at most the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts(Vec<Bps>);

/// What a payment was divided into; all of it sums to the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divided {
    /// A part for each share, in the order of the shares, rounded down.
    pub parts: Vec<u128>,
    /// What no part has: what the shares leave of the whole, and the rounding, less than a unit a share.
    pub rest: u128,
}

impl Cuts {
    /// Checks shares in 1/10,000 that may leave a part of the whole to somebody else.
    ///
    /// # Errors
    /// [`CutsError::Nothing`], [`CutsError::AboveWhole`].
    pub fn new(shares: &[u16]) -> Result<Self, CutsError> {
        if let Some(index) = shares.iter().position(|share| *share == 0) {
            return Err(CutsError::Nothing { index });
        }
        let found = sum(shares);
        let share = |share: &u16| Bps::new("share", *share).map_err(|_| CutsError::AboveWhole { found });
        if found > u64::from(Bps::WHOLE.get()) {
            return Err(CutsError::AboveWhole { found });
        }
        shares.iter().map(share).collect::<Result<_, _>>().map(Self)
    }

    /// Checks shares in 1/10,000 that make up the whole.
    ///
    /// # Errors
    /// As [`Cuts::new`]; [`CutsError::NotWhole`].
    pub fn whole(shares: &[u16]) -> Result<Self, CutsError> {
        let cuts = Self::new(shares)?;
        let found = sum(shares);
        if found == u64::from(Bps::WHOLE.get()) { Ok(cuts) } else { Err(CutsError::NotWhole { found }) }
    }

    /// Divides `amount`, in base units, among the shares.
    #[must_use]
    pub fn divide(&self, amount: u128) -> Divided {
        let parts: Vec<u128> = self.0.iter().map(|share| share.of(amount)).collect();
        // Can't saturate: floors of shares that sum to at most the whole sum to at most the amount.
        let rest = parts.iter().fold(amount, |left, part| left.saturating_sub(*part));
        Divided { parts, rest }
    }

    /// Divides `amount`, and gives the first receiver what is left: of shares that make up the whole, less than a unit a share. Without
    /// shares there is no receiver, and no part.
    #[must_use]
    pub fn parts_and_rest_to_first(&self, amount: u128) -> Vec<u128> {
        let Divided { mut parts, rest } = self.divide(amount);
        if let Some(first) = parts.first_mut() {
            // At most the amount.
            *first = first.saturating_add(rest);
        }
        parts
    }
}

fn sum(shares: &[u16]) -> u64 {
    // A list has less than 2^48 entries.
    shares.iter().fold(0, |sum, share| sum.saturating_add(u64::from(*share)))
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_receiver_has_its_share_rounded_down_and_the_rest_is_apart() {
        let cuts = Cuts::new(&[250, 1_000, 3_333]).unwrap();
        assert_eq!(cuts.divide(1_001), Divided { parts: vec![25, 100, 333], rest: 543 });
        assert_eq!(cuts.divide(0), Divided { parts: vec![0, 0, 0], rest: 0 });
        assert_eq!(Cuts::default().divide(7), Divided { parts: vec![], rest: 7 });
        assert_eq!(Cuts::default().parts_and_rest_to_first(7), Vec::<u128>::new());
    }

    #[test]
    fn the_first_receiver_has_the_rounding() {
        let cuts = Cuts::whole(&[3_334, 3_333, 3_333]).unwrap();
        assert_eq!(cuts.parts_and_rest_to_first(2), [2, 0, 0]);
        assert_eq!(cuts.parts_and_rest_to_first(100), [34, 33, 33]);
        assert_eq!(Cuts::whole(&[10_000]).unwrap().parts_and_rest_to_first(u128::MAX), [u128::MAX]);
    }

    #[test]
    fn shares_that_are_nothing_or_more_than_the_whole_are_refused() {
        assert_eq!(Cuts::new(&[1, 0]), Err(CutsError::Nothing { index: 1 }));
        assert_eq!(Cuts::new(&[9_999, 2]), Err(CutsError::AboveWhole { found: 10_001 }));
        // 65,535 + 10,001 is 10,000 in 16 bits: the sum must not wrap.
        assert_eq!(Cuts::whole(&[65_535, 10_001]), Err(CutsError::AboveWhole { found: 75_536 }));
        assert_eq!(Cuts::whole(&[9_999]), Err(CutsError::NotWhole { found: 9_999 }));
        assert_eq!(Cuts::whole(&[]), Err(CutsError::NotWhole { found: 0 }));
        assert!(Cuts::new(&[]).is_ok() && Cuts::new(&[10_000]).is_ok());
    }

    fn amounts() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..20_000, (0u128..20_000).prop_map(|below| u128::MAX - below)]
    }

    /// 1 to 12 shares of at least 1 that sum to the whole.
    fn shares() -> impl Strategy<Value = Vec<u16>> {
        prop::collection::btree_set(1u16..10_000, 0..12).prop_map(|cuts| {
            let ends: Vec<u16> = cuts.into_iter().chain([10_000]).collect();
            ends.iter().scan(0, |last, end| Some(end - std::mem::replace(last, *end))).collect()
        })
    }

    proptest! {
        #[test]
        fn parts_are_the_formula_over_integers_of_any_size_and_nothing_is_lost(
            shares in shares(), kept in 0usize..12, amount in amounts(),
        ) {
            let shares = &shares[..kept.min(shares.len())];
            let Divided { parts, rest } = Cuts::new(shares).unwrap().divide(amount);
            prop_assert_eq!(parts.len(), shares.len());
            let mut left = BigUint::from(amount);
            for (part, share) in parts.iter().zip(shares) {
                prop_assert_eq!(BigUint::from(*part), BigUint::from(amount) * *share / 10_000u32);
                left -= *part;
            }
            prop_assert_eq!(BigUint::from(rest), left);
        }

        #[test]
        fn of_the_whole_the_rounding_is_less_than_a_unit_a_share_and_only_the_first_gains_it(
            shares in shares(), amount in amounts(),
        ) {
            let cuts = Cuts::whole(&shares).unwrap();
            let Divided { parts, rest } = cuts.divide(amount);
            prop_assert!(rest < shares.len() as u128);
            let all = cuts.parts_and_rest_to_first(amount);
            prop_assert_eq!(&all[1..], &parts[1..]);
            let sum: BigUint = all.iter().map(|part| BigUint::from(*part)).sum();
            prop_assert_eq!(sum, BigUint::from(amount));
        }
    }
}
