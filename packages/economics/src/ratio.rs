//! Products that may leave 128 bits on the way to a quotient that does not.

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        fn two_parts_of_any_amount_lose_one_unit_at_most(amount: u128, whole in 1u64.., part: u64) {
            let part = part % whole;
            let both = share(amount, part, whole) + share(amount, whole - part, whole);
            prop_assert!(both == amount || both + 1 == amount);
        }
    }
}
