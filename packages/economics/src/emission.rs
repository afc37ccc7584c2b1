//! What BTK exists at a time, and whose it is.
//!
//! The emission is a closed form of time: 500,000 BTK a day, halved every 2,100 days, which sums to 2.1 billion. Whoever
//! asks often or rarely gets the same totals, and what is minted is the difference of two of them.

use crate::vesting::{DAY, MONTH};
use crate::{Bps, ratio::share, work};

/// Base units of a day of the first era: 500,000 BTK.
pub const FIRST_DAY: u128 = 500_000 * 1_000_000;
/// Days between halvings.
pub const ERA_DAYS: u64 = 2_100;
/// Base units that the emission never exceeds: 2.1 billion BTK.
pub const CAP: u128 = 2 * FIRST_DAY * ERA_DAYS as u128;

const ERA: u64 = ERA_DAYS * DAY;
/// Months that the foundation's and the infrastructure's part of a month is paid out over.
const RELEASE_MONTHS: u64 = 10;
const RELEASE_PARTS: u128 = RELEASE_MONTHS as u128;

/// Whom a part of the emission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// Computing contributors, by verified work: 75 %.
    Contributors,
    /// Application value: 15 %.
    Application,
    /// Foundation, that is community governance: 5 %.
    Foundation,
    /// Infrastructure: 5 %.
    Infrastructure,
}

impl Bucket {
    /// Every bucket; their shares sum to 100 %.
    pub const ALL: [Self; 4] =
        [Self::Contributors, Self::Application, Self::Foundation, Self::Infrastructure];

    /// Its share of the emission.
    #[must_use]
    pub const fn share(self) -> Bps {
        match self {
            Self::Contributors => Bps::percent(75),
            Self::Application => Bps::percent(15),
            Self::Foundation | Self::Infrastructure => Bps::percent(5),
        }
    }
}

/// The emission of BTK from a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emission {
    start: u64,
}

/// The start is too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("the emission starts at {start}; expected at most {latest}, a time in seconds since 1970")]
pub struct EmissionError {
    /// Start given, in Unix seconds.
    pub start: u64,
    /// Latest start allowed, in Unix seconds.
    pub latest: u64,
}

impl Emission {
    /// Latest start: the year 10889. Sums of times stay far from the end of 64 bits.
    pub const LATEST: u64 = 1 << 48;

    /// The emission from `start`, in Unix seconds.
    ///
    /// # Errors
    /// [`EmissionError`] if it is after [`Emission::LATEST`].
    pub const fn new(start: u64) -> Result<Self, EmissionError> {
        if start > Self::LATEST {
            Err(EmissionError { start, latest: Self::LATEST })
        } else {
            Ok(Self { start })
        }
    }

    /// When it starts.
    #[must_use]
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// Halvings by `now`: 0 before the first.
    #[must_use]
    pub const fn halvings(&self, now: u64) -> u64 {
        now.saturating_sub(self.start) / ERA
    }

    /// Everything emitted by `now`, in base units: rounded down; it never falls and is always below [`CAP`].
    ///
    /// At the beginning of era k it is CAP - ceil(CAP / 2^k); between two of these it grows evenly by the second.
    #[must_use]
    pub fn total(&self, now: u64) -> u128 {
        let era = self.halvings(now);
        let into = now.saturating_sub(self.start) % ERA;
        let (from, to) = (before_era(era), before_era(era.saturating_add(1)));
        from.saturating_add(share(to.saturating_sub(from), into, ERA))
    }

    /// What of [`Emission::total`] is for `bucket`, rounded down. The buckets sum to at most three units less.
    #[must_use]
    pub fn of(&self, bucket: Bucket, now: u64) -> u128 {
        bucket.share().of(self.total(now))
    }

    /// What of `bucket` may be paid out by `now` where each month's part is locked for a month and then released at
    /// 10 % a month, the first when the lock ends: a tenth of the sum of what was emitted by the last ten month
    /// ends before the current one.
    #[must_use]
    pub fn released(&self, bucket: Bucket, now: u64) -> u128 {
        let months = now.saturating_sub(self.start) / MONTH;
        let tenths = (1..=RELEASE_MONTHS).map(|back| match months.checked_sub(back) {
            // Can't saturate: the time is before now.
            Some(month) => self.of(bucket, self.start.saturating_add(month.saturating_mul(MONTH))),
            None => 0,
        });
        // Can't saturate: ten times the cap is far below 2^128.
        tenths.fold(0u128, u128::saturating_add) / RELEASE_PARTS
    }

    /// What of `bucket` may be paid out by `now` where 20 % are due at once, and the rest of each day's part is due in 180
    /// daily parts, the first at the end of the next day: the rule of contributors, [`work::due`], with everything that
    /// was emitted in place of what was earned. What was emitted before `from` is due at once, all of it.
    #[must_use]
    pub fn released_daily(&self, bucket: Bucket, from: u64, now: u64) -> u128 {
        let free = self.of(bucket, from.min(now));
        let Some(today) = self.day(now) else { return free };
        let locked = |time| self.of(bucket, time).saturating_sub(free);
        let days = (1..=work::DAYS).filter_map(|back| today.checked_sub(back));
        // Can't saturate: 180 times the cap is far below 2^128.
        let sum = days.map(|day| locked(self.day_begins(day))).fold(0u128, u128::saturating_add);
        free.saturating_add(work::due(locked(now), sum, 0))
    }

    /// The day that `now` is in, from 0; none before the start.
    #[must_use]
    pub const fn day(&self, now: u64) -> Option<u64> {
        match now.checked_sub(self.start) {
            Some(since) => Some(since / DAY),
            None => None,
        }
    }

    /// When `day` begins.
    #[must_use]
    pub const fn day_begins(&self, day: u64) -> u64 {
        self.start.saturating_add(day.saturating_mul(DAY))
    }
}

/// CAP - ceil(CAP / 2^era).
fn before_era(era: u64) -> u128 {
    let shift = u32::try_from(era).unwrap_or(u32::MAX);
    let left = CAP.saturating_sub(1).checked_shr(shift).unwrap_or(0);
    CAP.saturating_sub(left.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: u64 = 1_800_000_000;
    const EMISSION: Emission = Emission { start: START };

    #[test]
    fn a_day_is_500000_and_halves_every_2100_days() {
        let day = |day| EMISSION.total(START + (day + 1) * DAY) - EMISSION.total(START + day * DAY);
        assert_eq!(CAP, 2_100_000_000 * 1_000_000);
        assert_eq!((EMISSION.total(START - 1), EMISSION.total(START)), (0, 0));
        assert_eq!(
            [0, 1, 2_099, 2_100, 4_200].map(day),
            [FIRST_DAY, FIRST_DAY, FIRST_DAY, FIRST_DAY / 2, FIRST_DAY / 4]
        );
        assert_eq!(EMISSION.total(START + ERA), CAP / 2);
        assert_eq!(EMISSION.halvings(START + ERA - 1), 0);
        assert_eq!(EMISSION.halvings(START + ERA), 1);
    }

    #[test]
    fn the_end_of_time_is_one_unit_below_the_cap() {
        assert_eq!(EMISSION.total(u64::MAX), CAP - 1);
        assert_eq!(EMISSION.total(START + 51 * ERA), CAP - 1);
        assert!(EMISSION.total(START + 50 * ERA) < CAP - 1);
    }

    #[test]
    fn a_months_part_is_locked_for_a_month_and_released_in_tenths() {
        let month = |months: u64| START + months * MONTH;
        let first = EMISSION.of(Bucket::Foundation, month(1));
        let released = |months| EMISSION.released(Bucket::Foundation, month(months));
        assert_eq!((released(1), EMISSION.released(Bucket::Foundation, month(2) - 1)), (0, 0));
        assert_eq!(released(2), first / 10);
        // A tenth of the second month's, and two tenths of the first one's.
        assert_eq!(released(3), first * 3 / 10);
        assert_eq!(released(11), first * 55 / 10);
        assert_eq!(released(12), first * 65 / 10);
    }

    #[test]
    fn a_fifth_is_due_at_once_and_the_rest_of_a_day_over_180_days() {
        let application = |days: u64, from: u64| {
            EMISSION.released_daily(Bucket::Application, START + from * DAY, START + days * DAY)
        };
        let day = EMISSION.of(Bucket::Application, START + DAY);
        assert_eq!(application(1, 0), day / 5);
        // A day's 1/225 is 80 % / 180.
        assert_eq!(application(2, 0), day * (45 + 46) / 225);
        assert_eq!(application(3, 0), day * (45 + 46 + 47) / 225);
        // From the end of the 180th day after it on, the first day is paid whole.
        let all: u128 = (45..=225).sum();
        assert_eq!(application(181, 0), day * all / 225);
        assert_eq!(application(182, 0), day * (all + 225) / 225);
        // Of the second half of a day, a fifth at once.
        let noon = START + 3 * DAY / 2;
        assert_eq!(EMISSION.released_daily(Bucket::Application, START, noon), day * 45 * 3 / 2 / 225);
        assert_eq!(EMISSION.released_daily(Bucket::Application, START, START), 0);
        assert_eq!(EMISSION.released_daily(Bucket::Application, START, START - 1), 0);
        // What was emitted before is due at once, from then on the rule holds.
        assert_eq!((application(9, 10), application(10, 10)), (9 * day, 10 * day));
        assert_eq!(
            (application(11, 10), application(12, 10)),
            (10 * day + day / 5, 10 * day + day * (45 + 46) / 225)
        );
        let end = EMISSION.released_daily(Bucket::Application, START, u64::MAX);
        assert_eq!(end, EMISSION.of(Bucket::Application, u64::MAX));
    }

    #[test]
    fn a_start_in_another_unit_is_refused() {
        assert_eq!(Emission::LATEST, 281_474_976_710_656, "2^48 seconds after 1970");
        assert!(Emission::new(Emission::LATEST).is_ok());
        let milliseconds = START * 1_000_000;
        assert!(Emission::new(milliseconds).unwrap_err().to_string().contains("expected at most"));
    }

    #[test]
    fn days_are_counted_from_the_start() {
        assert_eq!((EMISSION.start(), EMISSION.day(START - 1)), (START, None));
        assert_eq!(
            [0, DAY - 1, DAY, 10 * DAY].map(|since| EMISSION.day(START + since)),
            [0, 0, 1, 10].map(Some)
        );
        assert_eq!(EMISSION.day_begins(10), START + 10 * DAY);
    }

    /// The emission of whole days, by adding up days with halved amounts: exact while they are whole.
    fn by_adding(days: u64) -> u128 {
        (0..days).map(|day| FIRST_DAY >> (day / ERA_DAYS)).sum()
    }

    proptest! {
        #[test]
        fn whole_days_add_up(days in 0u64..ERA_DAYS * 8) {
            // FIRST_DAY is 2^11 * 5^12: a day stays whole for eleven halvings.
            prop_assert_eq!(EMISSION.total(START + days * DAY), by_adding(days));
        }

        #[test]
        fn everything_grows_and_stays_in_bounds(times in prop::collection::vec(any::<u64>(), 2..20)) {
            let mut times = times;
            times.sort_unstable();
            prop_assert!(times.iter().map(|now| EMISSION.total(*now)).is_sorted());
            for bucket in Bucket::ALL {
                prop_assert!(times.iter().map(|now| EMISSION.of(bucket, *now)).is_sorted());
                prop_assert!(times.iter().map(|now| EMISSION.released(bucket, *now)).is_sorted());
                prop_assert!(times.iter().all(|now| EMISSION.released(bucket, *now) <= EMISSION.of(bucket, *now)));
                for from in [START, times[0], times[times.len() / 2]] {
                    let daily = |now: &u64| EMISSION.released_daily(bucket, from, *now);
                    prop_assert!(times.iter().map(daily).is_sorted());
                    prop_assert!(times.iter().all(|now| daily(now) <= EMISSION.of(bucket, *now)));
                }
            }
        }

        #[test]
        fn each_days_part_is_due_as_if_it_had_a_schedule_of_its_own(from in 0u64..3_000 * DAY, wait in 0u64..400 * DAY) {
            let (from, now) = (START + from, START + from + wait);
            let of = |time| EMISSION.of(Bucket::Application, time);
            // In 1/225 of a unit: a day's part, of which 45 are due at once, and one more for each day after it.
            let (mut begin, mut exact) = (from, 0);
            while begin < now {
                let end = EMISSION.day_begins(EMISSION.day(begin).unwrap() + 1);
                let days = now.checked_sub(end).map_or(0, |since| since / DAY);
                exact += (of(end.min(now)) - of(begin)) * u128::from(45 + days.min(180));
                begin = end;
            }
            prop_assert_eq!(EMISSION.released_daily(Bucket::Application, from, now), of(from) + exact / 225);
        }

        #[test]
        fn the_buckets_are_the_total_but_for_three_units(now: u64) {
            let sum: u128 = Bucket::ALL.iter().map(|bucket| EMISSION.of(*bucket, now)).sum();
            let total = EMISSION.total(now);
            prop_assert!(sum <= total && total - sum <= 3);
        }
    }
}
