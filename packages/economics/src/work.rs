//! What a contributor's work earns, and when it is due.
//!
//! The contributors' part of a day's emission is divided by the day's verified work. A day without work leaves its part to
//! the next day with some. Of what a day earned, 20 % is due when the day ends, the rest in 180 equal parts, one a day
//! from the next day's end on: [`crate::vesting::Schedule::contributor`] for each day.
//!
//! Overlapping schedules are not added up one by one. With S(x) = what was earned on days before x, due at the
//! beginning of day D is
//!
//! ```text
//!   20 % S(D) + 80 % / 180 * (S(D-1) + ... + S(D-180))  =  (45 S(D) + P(D-1) - P(D-181)) / 225
//! ```
//!
//! where P(x) = S(0) + ... + S(x). S is constant between days of work, so P at any day follows from the last
//! [`Point`] at or before it: two points are read, however many days there were.

use crate::ratio::share;

/// Days over which the later part is due.
pub const DAYS: u64 = 180;

/// A contributor's earnings by the beginning of a day: S and P.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// S: earned on all days before, in base units.
    pub earned: u128,
    /// P: the sum of S over this and all earlier days.
    pub sum: u128,
}

impl Point {
    /// P, `days` after this point, with nothing earned in between.
    #[must_use]
    pub const fn sum_after(&self, days: u64) -> u128 {
        self.sum.saturating_add(self.earned.saturating_mul(days as u128))
    }

    /// The point `days` after this one, at least 1, where `reward` was earned on the last of them.
    #[must_use]
    pub const fn after(&self, days: u64, reward: u128) -> Self {
        let earned = self.earned.saturating_add(reward);
        Self { earned, sum: self.sum_after(days.saturating_sub(1)).saturating_add(earned) }
    }
}

/// What `units` of a day's `total` earn of its `pool`, rounded down.
#[must_use]
pub const fn reward(pool: u128, units: u64, total: u64) -> u128 {
    if units == 0 { 0 } else { share(pool, units, total) }
}

/// What is due at the beginning of a day, rounded down: `earned` is S of that day, `sum` is P of the day before and
/// `sum_before` P of the day 181 before, 0 where there is none.
#[must_use]
pub const fn due(earned: u128, sum: u128, sum_before: u128) -> u128 {
    // Can't saturate: S is at most the emission's cap, below 2^51, and the window is 180 of it.
    earned.saturating_mul(45).saturating_add(sum.saturating_sub(sum_before)) / 225
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vesting::{DAY, Schedule};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// P at the beginning of `day`.
    fn sum_at(points: &BTreeMap<u64, Point>, day: Option<u64>) -> u128 {
        let Some(day) = day else { return 0 };
        points.range(..=day).next_back().map_or(0, |(at, point)| point.sum_after(day - at))
    }

    #[test]
    fn a_share_of_a_day_is_rounded_down_and_nothing_earns_nothing() {
        assert_eq!(
            (reward(100, 1, 3), reward(100, 3, 3), reward(100, 0, 3), reward(100, 0, 0)),
            (33, 100, 0, 0)
        );
        assert_eq!(reward(1 << 50, u64::MAX - 1, u64::MAX), (1 << 50) - 1);
    }

    proptest! {
        #[test]
        fn overlapping_days_are_due_as_if_each_had_its_own_schedule(
            rewards in prop::collection::vec((1u64..250, 1u128..1 << 40), 1..20), wait in 0u64..400,
        ) {
            // `day` is the day worked on; its reward is known at the beginning of the next one.
            let (mut points, mut tranches) = (BTreeMap::new(), Vec::new());
            let (mut last, mut day) = (Point::default(), 0);
            let mut at = 0;
            for (gap, reward) in &rewards {
                day += gap;
                last = last.after(day + 1 - at, *reward);
                at = day + 1;
                points.insert(at, last);
                tranches.push((at, *reward));
            }
            for now in [at, at + wait, at + DAYS, at + 2 * DAYS] {
                let due = due(last.earned, sum_at(&points, now.checked_sub(1)), sum_at(&points, now.checked_sub(DAYS + 1)));
                // The same in 1/225 of a unit, and one by one: each is rounded down by less than 2 units.
                let exact: u128 = tranches.iter().map(|(start, reward)| reward * (45 + u128::from((now - start).min(DAYS)))).sum();
                prop_assert_eq!(due, exact / 225);
                let apart: u128 = tranches.iter().map(|(start, reward)| {
                    Schedule::contributor(start * DAY).unwrap().vested(*reward, now * DAY)
                }).sum();
                prop_assert!(apart <= due && due - apart <= 2 * tranches.len() as u128);
            }
            let end = at + DAYS;
            let total: u128 = tranches.iter().map(|(_, reward)| reward).sum();
            prop_assert_eq!(due(last.earned, sum_at(&points, Some(end - 1)), sum_at(&points, end.checked_sub(DAYS + 1))), total);
        }
    }
}
