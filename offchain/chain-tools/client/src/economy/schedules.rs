//! The schedules of the token tables, by name.

use std::fmt;
use std::str::FromStr;

use bithive_api::vesting;
use bithive_economics::{Schedule, ScheduleError};

/// A line of the token tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedSchedule {
    /// Computing contributors of BTK.
    Contributor,
    /// Foundation and infrastructure of BTK.
    Foundation,
    /// Team of SKY.
    Team,
    /// Ecology, community and research of SKY.
    Ecology,
    /// Mining of SKY.
    Mining,
    /// Private placement of SKY.
    PrivatePlacement,
}

/// A text that names no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a schedule; expected one of {}", NamedSchedule::ALL.map(NamedSchedule::name).join(", "))]
pub struct UnknownSchedule {
    /// What was given, cut to 32 characters.
    pub found: String,
}

impl NamedSchedule {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Contributor,
        Self::Foundation,
        Self::Team,
        Self::Ecology,
        Self::Mining,
        Self::PrivatePlacement,
    ];

    /// Its name on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contributor => "contributor",
            Self::Foundation => "foundation",
            Self::Team => "team",
            Self::Ecology => "ecology",
            Self::Mining => "mining",
            Self::PrivatePlacement => "private-placement",
        }
    }

    /// The rule, from `start` (Unix seconds) on.
    ///
    /// # Errors
    /// [`ScheduleError`] for a start at the end of time.
    pub fn rule(self, start: u64) -> Result<Schedule, ScheduleError> {
        match self {
            Self::Contributor => Schedule::contributor(start),
            Self::Foundation => Schedule::foundation(start),
            Self::Team => Schedule::team(start),
            Self::Ecology => Schedule::ecology(start),
            Self::Mining => Schedule::mining(start),
            Self::PrivatePlacement => Schedule::private_placement(start),
        }
    }

    /// The rule as the vesting contract takes it.
    ///
    /// # Errors
    /// As [`NamedSchedule::rule`].
    pub fn message(self, start: u64) -> Result<vesting::Schedule, ScheduleError> {
        Ok(bithive_contracts::schedule(&self.rule(start)?))
    }

    /// The line whose schedule this is, whenever it starts.
    #[must_use]
    pub fn of(schedule: &vesting::Schedule) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.message(schedule.start).is_ok_and(|own| own == *schedule))
    }
}

impl fmt::Display for NamedSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for NamedSchedule {
    type Err = UnknownSchedule;

    fn from_str(text: &str) -> Result<Self, UnknownSchedule> {
        let found = Self::ALL.into_iter().find(|schedule| schedule.name() == text);
        found.ok_or_else(|| UnknownSchedule { found: text.chars().take(32).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_reads_back_from_its_name_and_from_its_message() {
        for schedule in NamedSchedule::ALL {
            assert_eq!(schedule.name().parse(), Ok(schedule));
            assert_eq!(NamedSchedule::of(&schedule.message(1_800_000_000).unwrap()), Some(schedule));
        }
        let other =
            vesting::Schedule { start: 0, immediate_bps: 1, cliff_seconds: 2, step_seconds: 3, steps: 4 };
        assert_eq!(NamedSchedule::of(&other), None);
    }

    #[test]
    fn an_unknown_schedule_is_refused_with_the_names_that_there_are() {
        let error = "founders".parse::<NamedSchedule>().unwrap_err().to_string();
        assert!(error.contains("\"founders\"") && error.contains("private-placement"), "{error}");
    }

    #[test]
    fn a_schedule_that_ends_after_all_time_is_refused() {
        assert!(NamedSchedule::Team.message(u64::MAX).is_err());
    }
}
