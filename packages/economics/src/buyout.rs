//! An offer for all shares of an asset: what it has to pay, when it is outbid, when it succeeds, and what a failed one costs.

use cosmwasm_std::{Uint128, Uint256};

use crate::Bps;

/// What a failed offer pays to the holders: a two-hundredth of its deposit, 0.5 %.
const FAILURE_PART: u128 = 200;
/// What the bidder and those who tendered have together of all shares when an offer succeeds: 90 %.
const OF_ALL: Bps = Bps::percent(90);
/// What of the others' shares was tendered when an offer succeeds: 75 %.
const OF_OTHERS: Bps = Bps::percent(75);
/// The part by which a later offer exceeds the one before it: a twentieth, 5 %.
const OUTBID_PART: u128 = 20;

/// The least price of one base unit of shares: ceil(V (10^4 + premium) / (10^4 supply)), in base units of the payment, where the
/// whole asset is worth V of them. None without shares, or where it leaves 128 bits.
#[must_use]
pub fn least_price(value: u128, premium: Bps, supply: u128) -> Option<u128> {
    let whole = u128::from(Bps::WHOLE.get());
    let wide = |a: u128, b: u128| Uint128::new(a).full_mul(b);
    let offered = wide(value, whole.saturating_add(premium.get().into()));
    let by = wide(supply, whole);
    let (floor, rest) = (offered.checked_div(by).ok()?, offered.checked_rem(by).ok()?);
    narrow(floor)?.checked_add(u128::from(!rest.is_zero()))
}

/// What a bidder deposits: the price of all shares that it does not own. None if it owns more than there are, or beyond 128 bits.
#[must_use]
pub fn deposit(price: u128, supply: u128, own: u128) -> Option<u128> {
    price.checked_mul(supply.checked_sub(own)?)
}

/// The least price of a later offer: ceil(1.05 p). None beyond 128 bits.
#[must_use]
pub fn outbid(price: u128) -> Option<u128> {
    price.checked_add(price.div_ceil(OUTBID_PART))
}

/// Whether an offer succeeds: own and tendered shares are 90 % of all or more, and 75 % of the others' shares or more were tendered. The
/// second keeps one who owns nearly all from taking the rest without anybody else's consent.
#[must_use]
pub fn succeeds(supply: u128, own: u128, tendered: u128) -> bool {
    let reaches = |part: u128, of: u128, share: Bps| {
        let product = |a: u128, b: Bps| Uint128::new(a).full_mul(u128::from(b.get()));
        product(part, Bps::WHOLE) >= product(of, share)
    };
    let (Some(others), Some(together)) = (supply.checked_sub(own), own.checked_add(tendered)) else {
        return false;
    };
    tendered <= others && reaches(together, supply, OF_ALL) && reaches(tendered, others, OF_OTHERS)
}

/// What a failed offer pays to the holders: 0.5 % of its deposit, rounded down.
#[must_use]
pub const fn failure(deposit: u128) -> u128 {
    deposit / FAILURE_PART
}

fn narrow(value: Uint256) -> Option<u128> {
    Uint128::try_from(value).ok().map(|value| value.u128())
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_offer_pays_the_value_and_the_premium_rounded_up() {
        let premium = Bps::percent(20);
        assert_eq!(least_price(1_000, premium, 100), Some(12));
        assert_eq!(least_price(1_001, premium, 100), Some(13), "1,201.2 for 100");
        assert_eq!(least_price(1, Bps::ZERO, 100), Some(1), "never nothing for something");
        assert_eq!((least_price(1, premium, 0), least_price(u128::MAX, premium, 1)), (None, None));
        assert_eq!(least_price(u128::MAX, Bps::ZERO, u128::MAX), Some(1));
    }

    #[test]
    fn a_bidder_deposits_the_price_of_what_it_does_not_own() {
        assert_eq!((deposit(3, 100, 40), deposit(3, 100, 100)), (Some(180), Some(0)));
        assert_eq!((deposit(3, 100, 101), deposit(u128::MAX, 2, 0)), (None, None));
    }

    #[test]
    fn a_later_offer_is_a_twentieth_more_and_at_least_a_unit() {
        assert_eq!([1, 19, 20, 21, 100].map(outbid), [2, 20, 21, 23, 105].map(Some));
        assert_eq!(outbid(u128::MAX), None);
    }

    #[test]
    fn an_offer_succeeds_with_nearly_all_shares_and_most_of_the_others() {
        assert!(succeeds(1_000, 0, 900) && !succeeds(1_000, 0, 899));
        // Who owns 95 % needs three quarters of the other 50 shares.
        assert!(succeeds(1_000, 950, 38) && !succeeds(1_000, 950, 37));
        assert!(succeeds(1_000, 600, 300) && !succeeds(1_000, 600, 299));
        assert!(!succeeds(1_000, 0, 1_001) && !succeeds(1_000, 1_001, 0), "more than there are");
        assert!(!succeeds(u128::MAX, u128::MAX, 1));
    }

    #[test]
    fn a_failed_offer_costs_half_a_percent() {
        assert_eq!([0, 199, 200, 1_000, u128::MAX].map(failure), [0, 0, 1, 5, u128::MAX / 200]);
    }

    fn amounts() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..10_000, (0u128..10_000).prop_map(|below| u128::MAX - below)]
    }

    fn fits(value: &BigUint) -> bool {
        *value <= BigUint::from(u128::MAX)
    }

    proptest! {
        #[test]
        fn prices_are_the_formulas_over_integers_of_any_size(value in amounts(), premium in 0u16..=10_000, supply in amounts()) {
            prop_assume!(supply > 0);
            let offered = BigUint::from(value) * (10_000 + u32::from(premium));
            let by = BigUint::from(supply) * 10_000u32;
            let expected = (offered + &by - 1u32) / &by;
            let found = least_price(value, Bps::new("premium", premium).unwrap(), supply);
            prop_assert_eq!(found.map(BigUint::from), Some(expected).filter(fits));
            let higher = (BigUint::from(value) * 105u32 + 99u32) / 100u32;
            prop_assert_eq!(outbid(value).map(BigUint::from), Some(higher).filter(fits));
        }

        #[test]
        fn deposits_and_successes_are_the_formulas_over_integers_of_any_size(
            price in amounts(), supply in amounts(), own in amounts(), tendered in amounts(), scale in 0u32..128,
        ) {
            let (own, tendered) = ((own >> scale).min(supply), tendered >> (scale / 2));
            let others = supply - own;
            let cost = BigUint::from(price) * others;
            prop_assert_eq!(deposit(price, supply, own).map(BigUint::from), Some(cost).filter(fits));
            let tendered = if others == 0 { 0 } else { tendered % others + u128::from(tendered % 2 == 1) };
            let expected = (BigUint::from(own) + tendered) * 100u32 >= BigUint::from(supply) * 90u32
                && BigUint::from(tendered) * 100u32 >= BigUint::from(others) * 75u32;
            prop_assert_eq!(succeeds(supply, own, tendered), expected);
        }

        #[test]
        fn what_is_deposited_pays_everybody_who_tenders(
            value in 0u128..1 << 80, premium in 0u16..=10_000, supply in 1u128..1 << 40, own in 0u128..1 << 40,
            parts in prop::collection::vec(0u128..1 << 40, 0..9),
        ) {
            let own = own.min(supply);
            let price = least_price(value, Bps::new("premium", premium).unwrap(), supply).unwrap();
            let held = deposit(price, supply, own).unwrap();
            let mut left = supply - own;
            let mut paid = 0;
            for part in parts {
                let part = part.min(left);
                (left, paid) = (left - part, paid + part * price);
            }
            prop_assert_eq!(held, paid + left * price);
            // The others have at least their part of value and premium.
            prop_assert!(BigUint::from(price) * supply * 10_000u32 >= BigUint::from(value) * (10_000 + u32::from(premium)));
        }
    }
}
