//! Money of many: what each has back of what is left, and what their votes decide.

use crate::ratio::wide_share;

/// What a contributor of `contribution` among contributions that sum to `raised` gets of `left`, rounded down: floor(left contribution /
/// raised). The parts of all contributors sum to `left` less than a unit for each of them. A contribution above the sum counts as the sum.
#[must_use]
pub fn refund(left: u128, contribution: u128, raised: u128) -> u128 {
    if contribution >= raised {
        return left;
    }
    // At most `left`, since the contribution is below the sum.
    wide_share(left, contribution, raised).unwrap_or(left)
}

/// Weights that have spoken, of all that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Votes {
    /// Weight that approves.
    pub approving: u128,
    /// Weight that refuses; together with `approving` at most `total`.
    pub refusing: u128,
    /// Weight of everybody.
    pub total: u128,
}

impl Votes {
    /// Whether objections open a vote: a quarter of all weight.
    #[must_use]
    pub const fn opens_vote(&self) -> bool {
        self.refusing >= self.total.div_ceil(4)
    }

    /// What no vote that is still to come can change; none if one can. More than half of all weight decides.
    #[must_use]
    pub const fn decided(&self) -> Option<bool> {
        if self.approving > self.total.saturating_sub(self.approving) {
            Some(true)
        } else if self.refusing > self.total.saturating_sub(self.refusing) {
            Some(false)
        } else {
            None
        }
    }

    /// What a vote decides at its end: it approves unless more weight refuses.
    #[must_use]
    pub const fn approves(&self) -> bool {
        self.refusing <= self.approving
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    const fn votes(approving: u128, refusing: u128, total: u128) -> Votes {
        Votes { approving, refusing, total }
    }

    #[test]
    fn a_quarter_of_the_weight_opens_a_vote() {
        let opens = |refusing, total| votes(0, refusing, total).opens_vote();
        assert_eq!(
            [(24, 100), (25, 100), (25, 101), (26, 101), (1, 3)].map(|(a, b)| opens(a, b)),
            [false, true, false, true, true]
        );
        assert!(opens(u128::MAX / 4 + 1, u128::MAX) && !opens(u128::MAX / 4, u128::MAX));
    }

    #[test]
    fn more_than_half_decides_at_once_and_at_the_end_the_larger_side() {
        assert_eq!(votes(51, 0, 100).decided(), Some(true));
        assert_eq!(votes(0, 51, 100).decided(), Some(false));
        assert_eq!(votes(50, 50, 100).decided(), None);
        assert_eq!(votes(u128::MAX, 0, u128::MAX).decided(), Some(true));
        assert!(
            votes(25, 25, 100).approves() && votes(0, 0, 100).approves() && !votes(24, 25, 100).approves()
        );
    }

    #[test]
    fn who_put_in_everything_has_everything_back() {
        assert_eq!(
            [refund(7, 9, 9), refund(u128::MAX, u128::MAX, u128::MAX), refund(0, 1, 9)],
            [7, u128::MAX, 0]
        );
        assert_eq!(refund(5, 1, 0), 5);
    }

    proptest! {
        #[test]
        fn a_refund_is_the_formula_over_integers_of_any_size(left: u128, contribution: u128, raised in 1u128..) {
            let contribution = contribution % raised;
            let expected = BigUint::from(left) * contribution / raised;
            prop_assert_eq!(BigUint::from(refund(left, contribution, raised)), expected);
        }

        #[test]
        fn what_refunds_leave_over_is_less_than_a_unit_a_contributor(
            left in prop_oneof![any::<u128>(), 0u128..1_000], contributions in prop::collection::vec(1u128..1 << 100, 1..40),
        ) {
            let raised = contributions.iter().sum();
            let paid: BigUint = contributions.iter().map(|one| BigUint::from(refund(left, *one, raised))).sum();
            let dust = BigUint::from(left) - paid;
            prop_assert!(dust < BigUint::from(contributions.len()));
        }

        #[test]
        fn what_is_decided_is_what_the_end_would_decide_whatever_comes(
            approving: u64, refusing: u64, silent: u64, to_approving: u64,
        ) {
            let total = u128::from(approving) + u128::from(refusing) + u128::from(silent);
            let now = votes(approving.into(), refusing.into(), total);
            let more = to_approving.min(silent);
            let end = votes(u128::from(approving) + u128::from(more), u128::from(refusing) + u128::from(silent - more), total);
            if let Some(decided) = now.decided() {
                prop_assert_eq!(end.approves(), decided);
            }
        }
    }
}
