//! Shares of a whole, in 1/10,000.

/// Basis points of the whole: 100 %.
const WHOLE: u16 = 10_000;
/// The whole as `u128`, the type of amounts.
const WIDE: u128 = WHOLE as u128;

/// A share of at most the whole, in 1/10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bps(u16);

/// A share is more than the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("{field} is {found} basis points; expected at most 10000")]
pub struct BpsError {
    /// Name of the parameter.
    pub field: &'static str,
    /// Value found, in basis points.
    pub found: u16,
}

impl Bps {
    /// No share: 0 %.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const WHOLE: Self = Self(WHOLE);

    /// Checks a share that came from outside; `field` names it in the error.
    ///
    /// # Errors
    /// [`BpsError`] if it is more than 10,000.
    pub const fn new(field: &'static str, value: u16) -> Result<Self, BpsError> {
        if value > WHOLE { Err(BpsError { field, found: value }) } else { Ok(Self(value)) }
    }

    /// A share in hundredths; more than the whole counts as the whole.
    #[must_use]
    pub const fn percent(value: u8) -> Self {
        let share = (value as u16).saturating_mul(100);
        if share > WHOLE { Self::WHOLE } else { Self(share) }
    }

    /// The number, 0..=10,000.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(WHOLE.saturating_sub(self.0))
    }

    /// This share of another, rounded down.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        // At most the whole, since both are.
        Self(u16::try_from(self.of(other.0.into())).unwrap_or(WHOLE))
    }

    /// This share of `amount`, rounded down; never more than `amount`, for every `amount`.
    ///
    /// `amount * share` can exceed 128 bits, so the quotient and the remainder of `amount / 10,000` are
    /// multiplied apart: with a = 10,000 q + r, floor(a s / 10,000) = q s + floor(r s / 10,000).
    #[must_use]
    pub const fn of(self, amount: u128) -> u128 {
        let share = self.0 as u128;
        let (quotient, remainder) = (amount / WIDE, amount % WIDE);
        // Nothing here can saturate: s <= 10,000, so q s <= a, and r s < 10^8.
        quotient.saturating_mul(share).saturating_add(remainder.saturating_mul(share) / WIDE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_percentage_is_at_most_the_whole() {
        assert_eq!(
            [0, 1, 20, 100, 101, 255].map(|value| Bps::percent(value).get()),
            [0, 100, 2_000, 10_000, 10_000, 10_000]
        );
    }

    /// floor(amount * share / 10,000) by schoolbook multiplication and division in 32-bit digits.
    fn by_hand(amount: u128, share: u16) -> u128 {
        let mut digits = [0u128; 5];
        let mut carry = 0u128;
        for (place, digit) in digits.iter_mut().enumerate() {
            let of_amount = if place < 4 { (amount >> (32 * place)) & 0xffff_ffff } else { 0 };
            let product = of_amount * u128::from(share) + carry;
            *digit = product & 0xffff_ffff;
            carry = product >> 32;
        }
        assert_eq!(carry, 0);
        let (mut quotient, mut remainder) = (0u128, 0u128);
        for digit in digits.iter().rev() {
            let dividend = (remainder << 32) | digit;
            quotient = (quotient << 32) | (dividend / 10_000);
            remainder = dividend % 10_000;
        }
        quotient
    }

    #[test]
    fn a_share_above_the_whole_is_refused_by_name() {
        let error = Bps::new("burn_bps", 10_001).unwrap_err();
        assert_eq!(error.to_string(), "burn_bps is 10001 basis points; expected at most 10000");
        assert_eq!(Bps::new("burn_bps", 10_000), Ok(Bps::WHOLE));
    }

    #[test]
    fn the_largest_amount_does_not_overflow() {
        assert_eq!(Bps::WHOLE.of(u128::MAX), u128::MAX);
        assert_eq!(Bps(5_000).of(u128::MAX), u128::MAX / 2);
        assert_eq!(Bps::ZERO.of(u128::MAX), 0);
        assert_eq!(Bps(9_999).of(1), 0);
    }

    proptest! {
        #[test]
        fn a_share_is_the_exact_floor(amount in any::<u128>(), share in 0u16..=10_000) {
            prop_assert_eq!(Bps(share).of(amount), by_hand(amount, share));
        }

        #[test]
        fn near_the_largest_amount_too(below in 0u128..100_000, share in 0u16..=10_000) {
            prop_assert_eq!(Bps(share).of(u128::MAX - below), by_hand(u128::MAX - below, share));
        }
    }
}
