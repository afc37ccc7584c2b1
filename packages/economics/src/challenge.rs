//! What a challenge of a bond costs, what becomes of the bond that is lost, and which seats of a pool judge it.

use crate::Bps;

/// Of a lost bond, what who won gets: half, so that whoever challenges itself loses.
pub const WINNER: Bps = Bps::percent(50);
/// Of a lost bond, what jurors who voted with the majority get together. A named ruler gets nothing.
pub const MAJORITY: Bps = Bps::percent(20);
/// Of the bond that a juror's terms ask for, what it loses for each case in which it does not vote.
pub const SILENCE: Bps = Bps::percent(10);
/// Seconds after a challenge in which a further one costs twice as much: 30 days.
pub const REPEAT_SECONDS: u64 = 30 * 86_400;
/// Most doublings, so that an owner can't make its listing too dear to challenge by challenges of its own.
pub const MAX_DOUBLINGS: u32 = 5;

/// How often the bond of the next challenge is doubled: once more than that of the one before, where that ended at `ended` (Unix
/// seconds) and less than [`REPEAT_SECONDS`] ago.
#[must_use]
pub fn doublings(before: Option<(u32, u64)>, now: u64) -> u32 {
    match before {
        Some((doublings, ended)) if now < ended.saturating_add(REPEAT_SECONDS) => {
            doublings.saturating_add(1).min(MAX_DOUBLINGS)
        }
        _ => 0,
    }
}

/// Base units of a challenger's bond after so many doublings, at most [`MAX_DOUBLINGS`]. None beyond 128 bits.
#[must_use]
pub fn stake(bond: u128, doublings: u32) -> Option<u128> {
    bond.checked_mul(1u128.checked_shl(doublings.min(MAX_DOUBLINGS))?)
}

/// What becomes of a lost bond: `winner + juror * jurors + treasury` is the bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Part of who won.
    pub winner: u128,
    /// Part of each juror of the majority.
    pub juror: u128,
    /// Part of the treasury, with what rounding leaves.
    pub treasury: u128,
}

/// Divides a lost bond between who won, so many jurors of the majority, and the treasury. Without jurors the treasury has their part.
#[must_use]
pub fn divide(lost: u128, jurors: u32) -> Division {
    let winner = WINNER.of(lost);
    let juror = MAJORITY.of(lost).checked_div(jurors.into()).unwrap_or(0);
    // Nothing here can saturate: the jurors together have at most their part, and both parts are less than the whole.
    let paid = winner.saturating_add(juror.saturating_mul(jurors.into()));
    Division { winner, juror, treasury: lost.saturating_sub(paid) }
}

/// What a juror loses that did not vote, of `held` base units that are left of a bond of `bond`: at least one unit, at most what is left.
#[must_use]
pub fn silence(bond: u128, held: u128) -> u128 {
    SILENCE.of(bond).max(1).min(held)
}

/// Draws numbers below a bound, none twice: the first steps of Fisher and Yates' shuffle, of which only the places that moved are
/// kept, so that a draw costs the same from seven and from a million.
#[derive(Debug)]
pub struct Draw {
    left: u32,
    /// Places that hold another number than their own, and that number: one for each step at most. A search among them is less
    /// code on a chain than a tree.
    moved: Vec<(u32, u32)>,
}

impl Draw {
    /// A draw of the numbers from 0 to `bound` - 1.
    #[must_use]
    pub const fn new(bound: u32) -> Self {
        Self { left: bound, moved: Vec::new() }
    }

    /// The next number, by a random one; of 128 bits, so that the rest of the division favours nobody. None once all are drawn.
    pub fn next(&mut self, random: u128) -> Option<u32> {
        let place = u32::try_from(random.checked_rem(self.left.into())?).ok()?;
        let last = self.left.checked_sub(1)?;
        self.left = last;
        // The number in the last place takes the place of the one that is drawn.
        let moved = match self.moved.iter().position(|(at, _)| *at == last) {
            Some(index) => self.moved.swap_remove(index).1,
            None => last,
        };
        if place == last {
            return Some(moved);
        }
        match self.moved.iter_mut().find(|(at, _)| *at == place) {
            Some((_, number)) => Some(core::mem::replace(number, moved)),
            None => {
                self.moved.push((place, moved));
                Some(place)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repeat_within_thirty_days_doubles_and_a_later_one_begins_again() {
        assert_eq!(doublings(None, 5), 0);
        assert_eq!(doublings(Some((0, 100)), 100 + REPEAT_SECONDS - 1), 1);
        assert_eq!(doublings(Some((3, 100)), 100 + REPEAT_SECONDS), 0);
        assert_eq!(doublings(Some((MAX_DOUBLINGS, 100)), 101), MAX_DOUBLINGS);
        assert_eq!(doublings(Some((u32::MAX, u64::MAX)), 0), MAX_DOUBLINGS);
        assert_eq!([0, 1, 5, 6].map(|times| stake(100, times)), [100, 200, 3_200, 3_200].map(Some));
        assert_eq!(stake(u128::MAX, 1), None);
        assert!(stake(u128::MAX >> 8, u32::MAX).is_some());
    }

    #[test]
    fn half_is_the_winners_a_fifth_the_majoritys_and_the_rest_the_treasurys() {
        assert_eq!(divide(1_000, 0), Division { winner: 500, juror: 0, treasury: 500 });
        assert_eq!(divide(1_000, 7), Division { winner: 500, juror: 28, treasury: 304 });
        assert_eq!(divide(1, 4), Division { winner: 0, juror: 0, treasury: 1 });
    }

    #[test]
    fn silence_costs_a_tenth_of_the_bond_and_never_more_than_is_left() {
        assert_eq!(
            [(1_000, 1_000), (1_000, 60), (5, 5), (5, 0)].map(|(bond, held)| silence(bond, held)),
            [100, 60, 1, 0]
        );
    }

    #[test]
    fn a_draw_of_nothing_is_nothing() {
        assert_eq!(Draw::new(0).next(7), None);
        let mut draw = Draw::new(1);
        assert_eq!((draw.next(u128::MAX), draw.next(0)), (Some(0), None));
    }

    proptest! {
        #[test]
        fn a_lost_bond_is_divided_to_the_unit_and_challenging_oneself_loses(
            lost in prop_oneof![any::<u128>(), 0u128..1_000], jurors in 0u32..8,
        ) {
            let Division { winner, juror, treasury } = divide(lost, jurors);
            let sum = BigUint::from(winner) + BigUint::from(juror) * jurors + treasury;
            prop_assert_eq!(sum, BigUint::from(lost));
            prop_assert_eq!(winner, lost / 2);
            // Three tenths are lost even to who is both parties and every juror.
            prop_assert!(BigUint::from(treasury) * 10u8 >= BigUint::from(lost) * 3u8);
        }

        #[test]
        fn a_draw_is_the_shuffle_that_keeps_every_place(
            bound in 0u32..60, randoms in prop::collection::vec(any::<u128>(), 0..70),
        ) {
            let mut places: Vec<u32> = (0..bound).collect();
            let mut draw = Draw::new(bound);
            for random in randoms {
                let expected = (!places.is_empty()).then(|| {
                    let place = (random % places.len() as u128) as usize;
                    places.swap_remove(place)
                });
                prop_assert_eq!(draw.next(random), expected);
            }
        }

        #[test]
        fn a_draw_from_any_number_of_seats_has_none_twice(
            bound in 64u32.., randoms in prop::collection::vec(any::<u128>(), 64),
        ) {
            let mut draw = Draw::new(bound);
            let drawn: std::collections::BTreeSet<_> =
                randoms.into_iter().map(|random| draw.next(random).unwrap()).collect();
            prop_assert!(drawn.len() == 64 && drawn.iter().all(|seat| *seat < bound));
        }
    }
}
