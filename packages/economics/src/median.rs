//! The middle of what several say, some of whom lie, and how far two values are apart.

use cosmwasm_std::Uint128;

use crate::Bps;

/// The lower median: the value at place floor((n - 1) / 2) of n sorted ones, so always one of them; none of none.
///
/// Of 2 f + 1 values or more of which f are lies, at least f + 1 are honest, and f + 1 values are at most the median and f + 1 at
/// least: an honest one is on each side of it. So it lies between the smallest and the largest honest value, whichever values
/// of those that were said somebody has chosen to show.
#[must_use]
pub fn lower_median<T: Ord + Copy>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut sorted: Vec<T> = values.into_iter().collect();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}

/// Whether `value` is further from `reference` than `most` of the reference: |value - reference| 10^4 > most reference, in 256 bits.
#[must_use]
pub fn deviates(value: u128, reference: u128, most: Bps) -> bool {
    let product = |a: u128, b: u128| Uint128::new(a).full_mul(b);
    product(value.abs_diff(reference), Bps::WHOLE.get().into()) > product(reference, most.get().into())
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_median_is_the_middle_and_of_an_even_number_the_lower_of_two() {
        assert_eq!(lower_median([5, 1, 9]), Some(5));
        assert_eq!(lower_median([9, 5, 1, 7]), Some(5));
        assert_eq!((lower_median([3]), lower_median::<u128>([])), (Some(3), None));
    }

    #[test]
    fn the_bound_itself_is_no_deviation() {
        let five_percent = Bps::percent(5);
        assert_eq!(
            [950, 949, 1_050, 1_051].map(|v| deviates(v, 1_000, five_percent)),
            [false, true, false, true]
        );
        // Below 20 five percent are less than a unit: any other value deviates.
        assert_eq!([18, 19, 20].map(|v| deviates(v, 19, five_percent)), [true, false, true]);
        assert_eq!((deviates(0, 0, five_percent), deviates(1, 0, Bps::WHOLE)), (false, true));
        assert!(deviates(u128::MAX, 1, Bps::WHOLE) && !deviates(u128::MAX, u128::MAX / 2 + 1, Bps::WHOLE));
    }

    fn values() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..10_000, (0u128..10_000).prop_map(|below| u128::MAX - below)]
    }

    proptest! {
        #[test]
        fn a_deviation_is_the_formula_over_integers_of_any_size(
            value in values(), reference in values(), most in 0u16..=10_000, near in -3i128..=3,
        ) {
            let bps = Bps::new("most", most).unwrap();
            let by_formula = |value: u128| {
                let apart = BigUint::from(value.abs_diff(reference)) * 10_000u32;
                apart > BigUint::from(reference) * most
            };
            prop_assert_eq!(deviates(value, reference, bps), by_formula(value));
            // Around the bound, where it matters.
            let edge = reference.saturating_add(bps.of(reference)).saturating_add_signed(near);
            prop_assert_eq!(deviates(edge, reference, bps), by_formula(edge));
        }

        #[test]
        fn whoever_chooses_among_reports_of_some_liars_stays_between_the_honest_ones(
            f in 0usize..7, honest in prop::collection::vec(values(), 8..15), lies in prop::collection::vec(values(), 7),
            chosen in prop::collection::vec(any::<bool>(), 22), more in 0usize..3,
        ) {
            // Any choice of 2 f + 1 or more among all honest values and f lies.
            let (honest, lies) = (&honest[..], &lies[..f]);
            let shown: Vec<(bool, u128)> = honest.iter().map(|v| (true, *v)).chain(lies.iter().map(|v| (false, *v))).collect();
            let mut shown: Vec<_> = shown.into_iter().zip(&chosen).collect();
            shown.sort_by_key(|(_, chosen)| !**chosen);
            let count = (2 * f + 1 + more).min(shown.len());
            prop_assume!(count > 2 * f);
            let shown: Vec<(bool, u128)> = shown[..count].iter().map(|(value, _)| *value).collect();
            let median = lower_median(shown.iter().map(|(_, value)| *value)).unwrap();
            let honest = shown.iter().filter(|(honest, _)| *honest).map(|(_, value)| *value);
            prop_assert!(honest.clone().min().unwrap() <= median && median <= honest.max().unwrap());
        }
    }
}
