//! What a fiat amount costs in an asset: ceil(fiat 10^decimals / price).

use cosmwasm_std::{Uint128, Uint256};

/// Base units of an asset that a fiat amount costs, rounded up, so that a seller never has less than it asks for. `fiat` is in minor units of a
/// currency (cents), `price` in the minor units that 10^`decimals` base units cost.
///
/// None where the price is 0, `decimals` is above 38 (10^39 leaves 128 bits), or the result leaves 128 bits.
#[must_use]
pub fn quote(fiat: u128, price: u128, decimals: u8) -> Option<u128> {
    let (whole, price) = (10u128.checked_pow(decimals.into())?, Uint256::from(price));
    let product = Uint128::new(fiat).full_mul(whole);
    let (floor, rest) = (product.checked_div(price).ok()?, product.checked_rem(price).ok()?);
    let ceil = if rest.is_zero() { floor } else { floor.checked_add(Uint256::one()).ok()? };
    Uint128::try_from(ceil).ok().map(|cost| cost.u128())
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fiat_amount_costs_whole_base_units_rounded_up() {
        // 19.99 of a currency, where a token of 6 decimals costs 0.50: 39.98 tokens.
        assert_eq!(quote(1_999, 50, 6), Some(39_980_000));
        assert_eq!(quote(1, 3, 0), Some(1));
        assert_eq!(quote(2, 3, 6), Some(666_667));
        assert_eq!(quote(0, 3, 6), Some(0));
    }

    #[test]
    fn what_has_no_price_or_leaves_128_bits_is_none() {
        assert_eq!(quote(1, 0, 6), None);
        assert_eq!(
            (quote(1, 1, 38), quote(1, 1, 39), quote(1, 1, u8::MAX)),
            (Some(10u128.pow(38)), None, None)
        );
        assert_eq!(quote(u128::MAX, 1, 0), Some(u128::MAX));
        assert_eq!((quote(u128::MAX, 1, 1), quote(u128::MAX, 10, 1)), (None, Some(u128::MAX)));
    }

    fn numbers() -> impl Strategy<Value = u128> {
        prop_oneof![
            any::<u128>(),
            0u128..2_000,
            (0u128..2_000).prop_map(|below| u128::MAX - below),
            any::<u64>().prop_map(u128::from)
        ]
    }

    proptest! {
        #[test]
        fn what_a_fiat_amount_costs_is_the_formula_over_integers_of_any_size(
            fiat in numbers(), price in numbers(), decimals in 0u8..45,
        ) {
            let product = BigUint::from(fiat) * BigUint::from(10u8).pow(decimals.into());
            let expected = (price > 0 && decimals <= 38).then(|| (product + (price - 1)) / price);
            let expected = expected.filter(|cost| *cost <= BigUint::from(u128::MAX));
            prop_assert_eq!(quote(fiat, price, decimals).map(BigUint::from), expected);
        }

        #[test]
        fn a_seller_has_at_least_what_it_asks_for_and_a_unit_less_would_not_do(
            fiat in 1u128..1 << 64, price in 1u128..1 << 64, decimals in 0u8..19,
        ) {
            let whole = BigUint::from(10u8).pow(decimals.into());
            let cost = quote(fiat, price, decimals).unwrap();
            let worth = |units: u128| BigUint::from(units) * price;
            prop_assert!(worth(cost) >= BigUint::from(fiat) * &whole);
            prop_assert!(worth(cost - 1) < BigUint::from(fiat) * &whole);
        }

        #[test]
        fn a_larger_amount_costs_no_less_and_a_higher_price_no_more(
            fiat in 0u128..1 << 100, more in 0u128..1 << 20, price in 1u128..1 << 100, higher in 0u128..1 << 20,
        ) {
            let cost = quote(fiat, price, 6).unwrap();
            prop_assert!(quote(fiat + more, price, 6).unwrap() >= cost);
            prop_assert!(quote(fiat, price + higher, 6).unwrap() <= cost);
        }
    }
}
