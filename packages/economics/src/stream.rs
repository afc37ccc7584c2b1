//! Rewards that become due evenly over some time.
//!
//! A reward that is divided at once belongs to whoever has stake in that block, also to those who came for it and leave with
//! it. Spread over time, it belongs to those who stay. What is due by a time is a formula of that time, so that it does not
//! matter how often somebody asks.

use crate::ratio::wide_share;
use crate::vesting::DAY;

/// Seconds over which a reward becomes due.
pub const SECONDS: u64 = 7 * DAY;

/// Rewards on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// Base units that become due between `start` and `end`.
    pub total: u128,
    /// Taken of them.
    pub taken: u128,
    /// When the first of them becomes due, in Unix seconds.
    pub start: u64,
    /// When all of them are due, in Unix seconds, not before `start`.
    pub end: u64,
}

impl Stream {
    /// What is due by `now`, taken or not: rounded down, everything from `end` on.
    #[must_use]
    pub fn by(&self, now: u64) -> u128 {
        if now >= self.end {
            return self.total;
        }
        let (passed, whole) = (now.saturating_sub(self.start), self.end.saturating_sub(self.start));
        // Can't be none: a part of the total.
        wide_share(self.total, passed.into(), whole.into()).unwrap_or_default()
    }

    /// Takes what is due.
    #[must_use]
    pub fn take(&self, now: u64) -> (Self, u128) {
        // A clock that goes back makes nothing due.
        let due = self.by(now).saturating_sub(self.taken);
        (Self { taken: self.taken.saturating_add(due), ..*self }, due)
    }

    /// What was not taken.
    #[must_use]
    pub const fn left(&self) -> u128 {
        self.total.saturating_sub(self.taken)
    }

    /// Adds a reward, after what was due has been taken; none beyond 128 bits. What was left and the reward become due
    /// together, in the mean of the times that they have, weighed by their amounts: a small reward holds up no large one.
    #[must_use]
    pub fn add(&self, amount: u128, now: u64) -> Option<Self> {
        let (left, seconds) = (self.left(), self.end.saturating_sub(now.max(self.start)));
        let total = left.checked_add(amount)?;
        let part = |of: u128, seconds: u64| wide_share(seconds.into(), of, total).unwrap_or_default();
        let mean = part(left, seconds).saturating_add(part(amount, SECONDS)).saturating_add(1);
        // At most the longer of two times of 64 bits, and rounding.
        let mean = u64::try_from(mean).unwrap_or(SECONDS).min(SECONDS);
        Some(Self { total, taken: 0, start: now, end: now.saturating_add(mean) })
    }

    /// Stops, after what was due has been taken: nobody is left whom it could become due to.
    #[must_use]
    pub fn stop(&self, now: u64) -> Self {
        let seconds = self.end.saturating_sub(now.max(self.start));
        Self { total: self.left(), taken: 0, start: now, end: now.saturating_add(seconds) }
    }

    /// Goes on from `now` for as long as it had left when it stopped.
    #[must_use]
    pub const fn resume(&self, now: u64) -> Self {
        let seconds = self.end.saturating_sub(self.start);
        Self { start: now, end: now.saturating_add(seconds), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn a_reward_becomes_due_evenly_in_seven_days() {
        let stream = Stream::default().add(7_000, NOW).unwrap();
        assert_eq!((stream.start, stream.end), (NOW, NOW + SECONDS));
        let by = [0, DAY, 7 * DAY - 1, 7 * DAY, 100 * DAY].map(|after| stream.by(NOW + after));
        assert_eq!(by, [0, 1_000, 6_999, 7_000, 7_000]);
        let (stream, due) = stream.take(NOW + DAY);
        assert_eq!((due, stream.take(NOW + DAY).1, stream.take(NOW).1), (1_000, 0, 0));
        assert_eq!((stream.left(), stream.take(NOW + 2 * DAY).1), (6_000, 1_000));
    }

    #[test]
    fn a_small_reward_holds_up_no_large_one() {
        let mut stream = Stream::default().add(1_000_000, NOW).unwrap();
        let end = stream.end;
        for hour in 1..100 {
            let now = NOW + hour * 3_600;
            stream = stream.take(now).0.add(1, now).unwrap();
        }
        assert!(stream.end.abs_diff(end) < 600, "{} seconds later", stream.end - end);
        // One as large as what is left takes the mean of both times.
        let first = Stream::default().add(2_000, NOW).unwrap();
        let now = NOW + SECONDS / 2;
        let both = first.take(now).0.add(1_000, now).unwrap();
        assert_eq!((both.total, both.end), (2_000, now + SECONDS * 3 / 4 + 1));
        assert_eq!(both.add(u128::MAX, now), None);
    }

    #[test]
    fn nothing_becomes_due_while_it_is_stopped() {
        let stream = Stream::default().add(7_000, NOW).unwrap().take(NOW + DAY).0.stop(NOW + DAY);
        let resumed = stream.resume(NOW + 50 * DAY);
        assert_eq!(resumed.by(NOW + 50 * DAY), 0);
        assert_eq!(resumed.by(NOW + 51 * DAY), 1_000);
        assert_eq!((resumed.total, resumed.end), (6_000, NOW + 56 * DAY));
    }

    proptest! {
        #[test]
        fn how_often_it_is_taken_changes_no_total(
            rewards in prop::collection::vec((0u64..SECONDS * 2, 0u128..1 << 60), 1..12), every in 1u64..50,
        ) {
            let (mut once, mut often) = (Stream::default(), Stream::default());
            let (mut now, mut given) = (NOW, 0);
            let (mut a, mut b) = (0, 0);
            for (wait, amount) in rewards {
                for step in 1..every {
                    let (next, due) = often.take(now + wait * step / every);
                    (often, b) = (next, b + due);
                }
                now += wait;
                let (next, due) = once.take(now);
                (once, a) = (next.add(amount, now).unwrap(), a + due);
                let (next, due) = often.take(now);
                (often, b) = (next.add(amount, now).unwrap(), b + due);
                given += amount;
                prop_assert_eq!((a, once), (b, often));
                prop_assert_eq!(a + once.left(), given);
                prop_assert!(once.end <= now + SECONDS);
            }
            prop_assert_eq!(a + once.take(now + SECONDS).1, given);
        }
    }
}
