//! An amount that becomes due evenly until an end, when nobody knows how often it is asked for: what was not due yet stays.

use crate::ratio::wide_share;

/// An amount that drips. Beside it [`Stream`](crate::Stream) remembers all that it began with, so that the moments of asking change no
/// total; this one remembers only what is left, and is what an amount needs to which more is added while it drips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drip {
    /// Base units that have not become due.
    pub left: u128,
    /// Until when they were taken, in Unix seconds.
    pub last: u64,
    /// When all of them are due, in Unix seconds.
    pub end: u64,
}

impl Drip {
    /// Takes what is due at `now`: floor(left (now - last) / (end - last)), all of it from the end on. If that is 0, `last` stays where it is:
    /// else whoever asks more often than a unit becomes due would take the time away for good.
    #[must_use]
    pub fn take(&self, now: u64) -> (Self, u128) {
        let due = if now >= self.end { self.left } else { self.part(now) };
        if due == 0 {
            return (*self, 0);
        }
        let last = now.min(self.end).max(self.last);
        (Self { left: self.left.saturating_sub(due), last, ..*self }, due)
    }

    /// Due at a time before the end; nothing where the clock went back.
    fn part(&self, now: u64) -> u128 {
        let (passed, whole) = (now.saturating_sub(self.last), self.end.saturating_sub(self.last));
        wide_share(self.left, passed.into(), whole.into()).unwrap_or_default()
    }

    /// Lets time pass in which nothing drips, because nobody is there to have it: what is left becomes due in the rest of the time.
    #[must_use]
    pub fn skip(&self, now: u64) -> Self {
        Self { last: now.min(self.end).max(self.last), ..*self }
    }

    /// Adds an amount, after what was due has been taken. All that is left is due `seconds` from now, or at the former end if
    /// that is later. None beyond 128 bits.
    #[must_use]
    pub fn add(&self, amount: u128, now: u64, seconds: u64) -> Option<Self> {
        let left = self.left.checked_add(amount)?;
        // With nothing left, the time before counts for nobody.
        let last = if self.left == 0 { now } else { self.last };
        Some(Self { left, last, end: self.end.max(now.saturating_add(seconds)) })
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn an_amount_is_due_evenly_and_all_of_it_at_the_end() {
        let drip = Drip::default().add(1_000, NOW, 100).unwrap();
        let (after, due) = drip.take(NOW + 25);
        assert_eq!((due, after.left, after.last), (250, 750, NOW + 25));
        assert_eq!((after.take(NOW + 25).1, after.take(NOW).1), (0, 0), "once, and never backwards");
        let (after, due) = after.take(NOW + 1_000);
        assert_eq!((due, after.left, after.take(NOW + 2_000).1), (750, 0, 0));
    }

    #[test]
    fn who_asks_more_often_than_a_unit_is_due_takes_no_time_away() {
        let mut drip = Drip::default().add(3, NOW, 1_000).unwrap();
        let mut all = 0;
        for second in 1..=999 {
            let (after, due) = drip.take(NOW + second);
            (drip, all) = (after, all + due);
        }
        assert_eq!((all, drip.take(NOW + 1_000).1), (2, 1));
    }

    #[test]
    fn time_without_anybody_drips_nothing_and_delays_nothing_beyond_the_end() {
        let drip = Drip::default().add(1_000, NOW, 100).unwrap().skip(NOW + 50);
        assert_eq!((drip.take(NOW + 50).1, drip.take(NOW + 75).1, drip.take(NOW + 100).1), (0, 500, 1_000));
        assert_eq!(drip.skip(NOW + 500).take(NOW + 500).1, 1_000);
    }

    #[test]
    fn what_is_added_late_has_its_own_time_and_takes_nothing_back() {
        let (drip, due) = Drip::default().add(1_000, NOW, 100).unwrap().take(NOW + 50);
        let more = drip.add(1_000, NOW + 50, 100).unwrap();
        assert_eq!((due, more.left, more.end), (500, 1_500, NOW + 150));
        let empty = more.take(NOW + 150).0;
        assert_eq!(empty.add(10, NOW + 900, 100).unwrap().take(NOW + 950).1, 5, "not for the time before");
        assert_eq!(more.add(u128::MAX, NOW, 1), None);
    }

    fn amounts() -> impl Strategy<Value = u128> {
        prop_oneof![any::<u128>(), 0u128..10_000, (0u128..10_000).prop_map(|below| u128::MAX - below)]
    }

    proptest! {
        #[test]
        fn what_is_due_is_the_formula_over_integers_of_any_size(left in amounts(), last: u64, end: u64, now: u64) {
            let drip = Drip { left, last, end };
            let (after, due) = drip.take(now);
            let expected = if now >= end {
                BigUint::from(left)
            } else if now <= last {
                BigUint::from(0u32)
            } else {
                BigUint::from(left) * (now - last) / (end - last)
            };
            prop_assert_eq!(BigUint::from(due), expected);
            prop_assert_eq!(after.left, left - due);
            prop_assert_eq!(due == 0, after == drip);
        }

        #[test]
        fn nothing_is_lost_or_made_and_nothing_is_early(
            first in amounts(), seconds in 1u64..100_000, steps in prop::collection::vec((0u64..5_000, 0u128..10), 1..50),
        ) {
            let first = first / 2;
            let mut drip = Drip::default().add(first, NOW, seconds).unwrap();
            let (mut now, mut given, mut taken) = (NOW, first, 0u128);
            let mut alone = true;
            for (wait, more) in steps {
                now += wait;
                let (after, due) = drip.take(now);
                (drip, taken) = (after, taken + due);
                if alone {
                    // Never more than evenly.
                    let passed = (now - NOW).min(seconds);
                    prop_assert!(BigUint::from(taken) * seconds <= BigUint::from(first) * passed);
                }
                if more > 7 {
                    (drip, given, alone) = (drip.add(more, now, seconds).unwrap(), given + more, false);
                }
                prop_assert_eq!(taken + drip.left, given);
            }
            prop_assert_eq!(taken + drip.take(drip.end).1, given);
        }
    }
}
