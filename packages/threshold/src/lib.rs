//! Committees of n members of whom t are needed for an evaluation, where each member counts for itself.
//!
//! A member does not see the value that it evaluates, and does not know what the others were asked. So a party can ask some
//! members for one value and others for another. Each value takes the answers of t members, and n members that answer q
//! times each give n q answers: the party gets [`most_values`], floor(n q / t), different values.
//!
//! A party that each member answers once gets one value exactly if n < 2t: any two sets of t members share one, which has
//! counted both. So [`least_threshold`] is a majority. The contract that names committees and the programs that make their
//! keys use the same function.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap
    )
)]

/// Evaluations of one slot in an epoch that each member answers a node: one attribute, one guess.
pub const NODE_EVALUATIONS: u16 = 1;

/// Evaluations of one slot in an epoch that each member answers a requester: as many values as the template of a list of
/// categories has leaves, so that a requester whose members all answer gets one whole list.
///
/// A requester that asks different members for different values gets [`most_values`] of it: 6 of 2 of 3 or 3 of 5, 7 of 4 of 7,
/// and less than 8 in any committee that fits. Fewer, floor(4t / n), would keep that to four, and leave an honest requester with
/// two or three values of a list of four, because it asks all members for the same ones.
pub const REQUESTER_EVALUATIONS: u16 = 4;

/// The fewest members that may be needed, of `members`: more than half of them, and two at least.
#[must_use]
pub const fn least_threshold(members: usize) -> usize {
    let majority = (members >> 1).saturating_add(1);
    if majority < 2 { 2 } else { majority }
}

/// Whether `threshold` of `members` can serve: [`least_threshold`] or more, and no more than there are.
#[must_use]
pub const fn fits(members: usize, threshold: usize) -> bool {
    least_threshold(members) <= threshold && threshold <= members
}

/// Different values of one slot that a party can get at most where each of `members` answers `evaluations`, and a value takes
/// `threshold` answers: floor(n q / t). None where the threshold is zero.
#[must_use]
pub const fn most_values(members: usize, threshold: usize, evaluations: u16) -> usize {
    match members.saturating_mul(evaluations as usize).checked_div(threshold) {
        Some(values) => values,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every committee that there can be, also those that do not fit.
    fn all() -> impl Iterator<Item = (usize, usize)> {
        (0..=9).flat_map(|n| (0..=10).map(move |t| (n, t)))
    }

    /// The different values that a greedy party gets: each from the t members that have answered least.
    fn played(n: usize, t: usize, evaluations: u16) -> usize {
        let mut left = vec![evaluations; n];
        let mut values = 0;
        loop {
            left.sort_unstable_by(|a, b| b.cmp(a));
            if left.iter().take(t).filter(|left| **left > 0).count() < t {
                return values;
            }
            left.iter_mut().take(t).for_each(|left| *left -= 1);
            values += 1;
        }
    }

    #[test]
    fn a_committee_fits_exactly_if_a_party_that_each_member_answers_once_gets_one_value() {
        for (n, t) in all() {
            let expected = t > 1 && t <= n && played(n, t, NODE_EVALUATIONS) == 1;
            assert_eq!(fits(n, t), expected, "{t} of {n}");
        }
        assert_eq!([2, 3, 4, 5, 6, 7].map(least_threshold), [2, 2, 3, 3, 4, 4]);
    }

    #[test]
    fn a_requester_gets_less_than_two_lists_of_any_committee_that_fits() {
        let most = |(n, t)| most_values(n, t, REQUESTER_EVALUATIONS);
        assert_eq!([(3, 2), (5, 3), (7, 4), (3, 3)].map(most), [6, 6, 7, 4]);
        for (n, t) in all().filter(|(n, t)| fits(*n, *t)) {
            assert!(most((n, t)) < 2 * usize::from(REQUESTER_EVALUATIONS), "{t} of {n}");
        }
    }

    proptest! {
        #[test]
        fn the_bound_is_what_the_best_party_gets(n in 0usize..=9, t in 1usize..=9, evaluations in 0u16..=20) {
            let values = if t > n { 0 } else { most_values(n, t, evaluations) };
            prop_assert_eq!(played(n, t, evaluations), values);
        }

        #[test]
        fn no_number_is_too_large(n: usize, t: usize, evaluations: u16) {
            let _ = (least_threshold(n), fits(n, t), most_values(n, t, evaluations));
        }
    }
}
