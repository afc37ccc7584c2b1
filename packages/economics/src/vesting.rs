//! When a locked amount becomes due: one schedule type for every line of the token tables.
//!
//! ```text
//! vested
//!  total |                          ┌────────   immediate   part at the start
//!        |                      ┌───┘           cliff       from the start to the first step
//!        |                  ┌───┘               step        from one step to the next
//!        |  ┌───────────────┘                   steps       equal parts of the rest
//!        |──┘   immediate
//!        +──start───────────cliff───step───> time
//! ```
//!
//! A linear schedule is one whose step is a second.

use crate::{Bps, ratio::share};

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// Seconds of a month in schedules: 30 days.
pub const MONTH: u64 = 30 * DAY;
/// Longest time from the start of a schedule to its last step: 100 years of 365 days. What ends later is a mistake in
/// the units, and sums of times stay far from the end of 64 bits.
pub const LONGEST: u64 = 36_500 * DAY;

/// When an amount becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    start: u64,
    immediate: Bps,
    cliff: u64,
    step: u64,
    steps: u32,
}

/// What is wrong with a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ScheduleError {
    /// No step, or a step of no time.
    #[error("{field} of the schedule is 0; expected at least 1")]
    Zero {
        /// `steps` or `step_seconds`.
        field: &'static str,
    },
    /// The last step is too far from the start.
    #[error("the schedule takes {seconds} s from its start to its last step; expected at most {LONGEST}")]
    TooLong {
        /// Cliff and steps together; `u64::MAX` when they leave 64 bits.
        seconds: u64,
    },
    /// The last step has no time in 64 bits.
    #[error("the schedule starts at {start}, so that its last step has no time in 64 bits")]
    TooLate {
        /// Start given, in Unix seconds.
        start: u64,
    },
}

impl Schedule {
    /// A schedule: `immediate` of the amount at `start` (Unix seconds), the rest in `steps` equal steps, the first
    /// `cliff` seconds after the start and each following one `step` seconds later.
    ///
    /// # Errors
    /// [`ScheduleError`], naming what is out of bounds.
    pub fn new(start: u64, immediate: Bps, cliff: u64, step: u64, steps: u32) -> Result<Self, ScheduleError> {
        if steps == 0 {
            return Err(ScheduleError::Zero { field: "steps" });
        }
        if step == 0 {
            return Err(ScheduleError::Zero { field: "step_seconds" });
        }
        let later = u64::from(steps).saturating_sub(1);
        let seconds = step.saturating_mul(later).saturating_add(cliff);
        if seconds > LONGEST {
            return Err(ScheduleError::TooLong { seconds });
        }
        if start.checked_add(seconds).is_none() {
            return Err(ScheduleError::TooLate { start });
        }
        Ok(Self { start, immediate, cliff, step, steps })
    }

    /// What of `total` is due at `now`, rounded down; never falls as time goes on, and is `total` from
    /// [`Schedule::end`] on.
    #[must_use]
    pub fn vested(&self, total: u128, now: u64) -> u128 {
        if now < self.start {
            return 0;
        }
        let immediate = self.immediate.of(total);
        // Can't saturate: the immediate part is at most the whole.
        let rest = total.saturating_sub(immediate);
        immediate.saturating_add(share(rest, self.steps_by(now).into(), self.steps.into()))
    }

    /// Time of the last step.
    #[must_use]
    pub const fn end(&self) -> u64 {
        let later = (self.steps as u64).saturating_sub(1);
        // Can't saturate: checked when the schedule was made.
        self.start.saturating_add(self.cliff).saturating_add(self.step.saturating_mul(later))
    }

    /// The next time after `now` at which more becomes due; none after the end.
    #[must_use]
    pub fn next_after(&self, now: u64) -> Option<u64> {
        if now < self.start && self.immediate != Bps::ZERO {
            return Some(self.start);
        }
        let done = u64::from(self.steps_by(now));
        let next = self.start.saturating_add(self.cliff).saturating_add(self.step.saturating_mul(done));
        (done < u64::from(self.steps)).then_some(next)
    }

    /// When it starts, in Unix seconds.
    #[must_use]
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// Part that is due at the start.
    #[must_use]
    pub const fn immediate(&self) -> Bps {
        self.immediate
    }

    /// Seconds from the start to the first step.
    #[must_use]
    pub const fn cliff(&self) -> u64 {
        self.cliff
    }

    /// Seconds from one step to the next.
    #[must_use]
    pub const fn step(&self) -> u64 {
        self.step
    }

    /// Number of steps.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    fn steps_by(&self, now: u64) -> u32 {
        let first = self.start.saturating_add(self.cliff);
        let Some(since) = now.checked_sub(first) else { return 0 };
        let done = since.checked_div(self.step).unwrap_or_default().saturating_add(1);
        u32::try_from(done).unwrap_or(u32::MAX).min(self.steps)
    }

    /// Computing contributors of BTK: 20 % at once, the rest 1/180 a day.
    ///
    /// # Errors
    /// As [`Schedule::new`], for a start at the end of time; so do those below.
    pub fn contributor(start: u64) -> Result<Self, ScheduleError> {
        Self::new(start, Bps::percent(20), DAY, DAY, 180)
    }

    /// Foundation and infrastructure of BTK: locked for a month, then 10 % a month.
    ///
    /// # Errors
    /// As [`Schedule::new`].
    pub fn foundation(start: u64) -> Result<Self, ScheduleError> {
        Self::new(start, Bps::ZERO, MONTH, MONTH, 10)
    }

    /// Team of SKY: 5 % a month for 20 months.
    ///
    /// # Errors
    /// As [`Schedule::new`].
    pub fn team(start: u64) -> Result<Self, ScheduleError> {
        Self::new(start, Bps::ZERO, MONTH, MONTH, 20)
    }

    /// Ecology, community and research of SKY: half at once, half over 20 months.
    ///
    /// # Errors
    /// As [`Schedule::new`].
    pub fn ecology(start: u64) -> Result<Self, ScheduleError> {
        Self::new(start, Bps::percent(50), MONTH, MONTH, 20)
    }

    /// Mining of SKY: a day's part each day for 20 years of 365 days, the first after a day.
    ///
    /// # Errors
    /// As [`Schedule::new`].
    pub fn mining(start: u64) -> Result<Self, ScheduleError> {
        Self::new(start, Bps::ZERO, DAY, DAY, 20 * 365)
    }

    /// Private placement of SKY: locked for 12 months, then 5 % a month.
    ///
    /// # Errors
    /// As [`Schedule::new`].
    pub fn private_placement(start: u64) -> Result<Self, ScheduleError> {
        Self::new(start, Bps::ZERO, 12 * MONTH, MONTH, 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: u64 = 1_800_000_000;

    #[test]
    fn a_schedule_tells_its_parts() {
        let schedule = Schedule::new(START, Bps::percent(7), 3 * DAY, 5 * DAY, 11).unwrap();
        assert_eq!(
            (schedule.start(), schedule.immediate(), schedule.cliff()),
            (START, Bps::percent(7), 3 * DAY)
        );
        assert_eq!((schedule.step(), schedule.steps()), (5 * DAY, 11));
    }

    #[test]
    fn what_becomes_due_next_is_always_later() {
        let schedule = Schedule::ecology(START).unwrap();
        assert_eq!(schedule.next_after(START - 1), Some(START));
        let mut now = START;
        for _ in 0..schedule.steps {
            let next = schedule.next_after(now).unwrap();
            assert!(next > now, "{next} after {now}");
            now = next;
        }
        assert_eq!((now, schedule.next_after(now)), (schedule.end(), None));
    }

    fn on_day(schedule: Schedule, day: u64) -> u128 {
        schedule.vested(1_000_000, START + day * DAY)
    }

    #[test]
    fn every_line_of_the_tables_is_due_when_it_says() {
        let contributor = Schedule::contributor(START).unwrap();
        assert_eq!(contributor.vested(1_000_000, START - 1), 0);
        assert_eq!(
            [0, 1, 90, 180].map(|day| on_day(contributor, day)),
            [200_000, 204_444, 600_000, 1_000_000]
        );
        let foundation = Schedule::foundation(START).unwrap();
        assert_eq!(
            [29, 30, 59, 60, 300].map(|day| on_day(foundation, day)),
            [0, 100_000, 100_000, 200_000, 1_000_000]
        );
        let team = Schedule::team(START).unwrap();
        assert_eq!([29, 30, 599, 600].map(|day| on_day(team, day)), [0, 50_000, 950_000, 1_000_000]);
        let ecology = Schedule::ecology(START).unwrap();
        assert_eq!([0, 30, 300, 600].map(|day| on_day(ecology, day)), [500_000, 525_000, 750_000, 1_000_000]);
        let mining = Schedule::mining(START).unwrap();
        assert_eq!(
            [0, 1, 3_650, 7_299, 7_300].map(|day| on_day(mining, day)),
            [0, 136, 500_000, 999_863, 1_000_000]
        );
        let private = Schedule::private_placement(START).unwrap();
        assert_eq!([359, 360, 390, 930].map(|day| on_day(private, day)), [0, 50_000, 100_000, 1_000_000]);
    }

    #[test]
    fn a_step_of_a_second_is_linear() {
        let linear = Schedule::new(START, Bps::ZERO, 1, 1, 1_000).unwrap();
        let at = |seconds| linear.vested(500, START + seconds);
        assert_eq!([0, 1, 2, 500, 999, 1_000].map(at), [0, 0, 1, 250, 499, 500]);
    }

    #[test]
    fn schedules_out_of_bounds_are_refused_by_name() {
        let new =
            |start, cliff, step, steps| Schedule::new(start, Bps::ZERO, cliff, step, steps).unwrap_err();
        assert_eq!(new(0, 0, 1, 0).to_string(), "steps of the schedule is 0; expected at least 1");
        assert_eq!(new(0, 0, 0, 1).to_string(), "step_seconds of the schedule is 0; expected at least 1");
        assert_eq!(new(0, LONGEST, 1, 2), ScheduleError::TooLong { seconds: LONGEST + 1 });
        assert_eq!(new(0, 0, u64::MAX, u32::MAX), ScheduleError::TooLong { seconds: u64::MAX });
        assert_eq!(new(u64::MAX, 1, 1, 1), ScheduleError::TooLate { start: u64::MAX });
        assert!(Schedule::new(u64::MAX, Bps::ZERO, 0, 1, 1).is_ok());
    }

    prop_compose! {
        fn schedules()(
            start in 0u64..1 << 40, immediate in 0u16..=10_000, cliff in 0u64..1 << 24, step in 1u64..1 << 20, steps in 1u32..1_000,
        ) -> Schedule {
            Schedule::new(start, Bps::new("immediate", immediate).unwrap(), cliff, step, steps).unwrap()
        }
    }

    proptest! {
        #[test]
        fn what_is_due_never_falls_and_ends_at_the_whole(
            schedule in schedules(), total: u128, times in prop::collection::vec(0u64..1 << 41, 2..20),
        ) {
            let mut times = times;
            times.sort_unstable();
            let due: Vec<_> = times.iter().map(|now| schedule.vested(total, *now)).collect();
            prop_assert!(due.is_sorted());
            prop_assert!(due.iter().all(|due| *due <= total));
            prop_assert_eq!(schedule.vested(total, schedule.end()), total);
        }

        #[test]
        fn nothing_becomes_due_before_the_time_that_is_named_next(schedule in schedules(), now in 0u64..1 << 41) {
            // Large enough that every step is more than its rounding.
            let total = 1 << 64;
            let due = schedule.vested(total, now);
            match schedule.next_after(now) {
                Some(next) => {
                    prop_assert!(next > now);
                    prop_assert_eq!(schedule.vested(total, next - 1), due);
                    let whole = schedule.immediate == Bps::WHOLE;
                    prop_assert!(schedule.vested(total, next) > due || whole);
                }
                None => prop_assert_eq!(due, total),
            }
        }
    }
}
