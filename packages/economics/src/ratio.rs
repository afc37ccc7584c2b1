//! Products that may leave 128 bits on the way to a quotient that does not.

use cosmwasm_std::Uint128;

/// floor(amount * part / whole) for `part <= whole`, exact over all of `u128`; never more than `amount`.
///
/// With amount = q whole + r: floor(amount part / whole) = q part + floor(r part / whole), where q part is at most
/// amount and r part is below 2^128, since both are below 2^64. A `part` above `whole` counts as `whole`, and so does
/// any part of a `whole` of 0.
#[must_use]
pub(crate) const fn share(amount: u128, part: u64, whole: u64) -> u128 {
    if part >= whole {
        return amount;
    }
    let (part, whole) = (part as u128, whole as u128);
    let (Some(quotient), Some(remainder)) = (amount.checked_div(whole), amount.checked_rem(whole)) else {
        return amount;
    };
    let of_remainder = match remainder.saturating_mul(part).checked_div(whole) {
        Some(value) => value,
        None => 0,
    };
    quotient.saturating_mul(part).saturating_add(of_remainder)
}

/// floor(amount * part / whole) for any three numbers; none where it leaves 128 bits or `whole` is 0.
#[must_use]
pub(crate) fn wide_share(amount: u128, part: u128, whole: u128) -> Option<u128> {
    Uint128::new(amount).checked_multiply_ratio(part, whole).ok().map(|share| share.u128())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_that_does_not_exist_is_none() {
        assert_eq!([wide_share(1, 1, 0), wide_share(u128::MAX, 2, 1)], [None; 2]);
        assert_eq!(wide_share(u128::MAX, u128::MAX, u128::MAX), Some(u128::MAX));
    }

    #[test]
    fn the_ends_of_the_range_are_exact() {
        assert_eq!(share(u128::MAX, u64::MAX - 1, u64::MAX), u128::MAX - u128::MAX / u128::from(u64::MAX));
        assert_eq!((share(7, 1, 2), share(7, 2, 2), share(7, 3, 2), share(7, 0, 2)), (3, 7, 7, 0));
        assert_eq!(share(7, 0, 0), 7);
    }

    proptest! {
        #[test]
        fn small_amounts_are_the_plain_quotient(amount in 0u128..1 << 64, whole in 1u64.., part: u64) {
            let part = part % whole;
            prop_assert_eq!(share(amount, part, whole), amount * u128::from(part) / u128::from(whole));
        }

        #[test]
        fn wide_shares_are_the_plain_quotient(a: u64, b: u64, whole in 1u128..) {
            prop_assert_eq!(wide_share(a.into(), b.into(), whole), Some(u128::from(a) * u128::from(b) / whole));
            let scaled = wide_share(u128::from(a) << 64, u128::from(b) << 64, 1 << 127);
            prop_assert_eq!(scaled, (u128::from(a) * u128::from(b)).checked_mul(2));
        }

        #[test]
        fn two_parts_of_any_amount_lose_one_unit_at_most(amount: u128, whole in 1u64.., part: u64) {
            let part = part % whole;
            let both = share(amount, part, whole) + share(amount, whole - part, whole);
            prop_assert!(both == amount || both + 1 == amount);
        }
    }
}
