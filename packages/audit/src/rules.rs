//! Rules on the stream of entries, and the alerts that they raise.

mod detector;
mod form;

use std::collections::BTreeSet;

use bithive_signed::Name;
use serde::Serialize;

use crate::event::Act;

pub use detector::{Alert, Detector};
pub use form::RuleError;

/// The rules that are used if there are no others, as a TOML file that explains itself.
pub const TEMPLATE: &str = include_str!("rules.toml");

/// Rules; see [`TEMPLATE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(pub(crate) Vec<Rule>);

/// A rule: which entries raise an alert, and how grave it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What its alerts are called.
    pub name: Name,
    /// How bad it is.
    pub severity: Severity,
    /// Acts that count.
    pub acts: BTreeSet<Act>,
    /// What raises it.
    pub trigger: Trigger,
    /// How long it is silent about the same actor after an alert, in milliseconds.
    pub again: u64,
}

/// How bad an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look some time.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
}

/// What raises an alert. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// More records than this of one actor within a time.
    Bulk {
        /// Most records that raise no alert.
        more_than: u64,
        /// Length of the time, in milliseconds.
        within: u64,
    },
    /// Outside of working hours.
    OffHours {
        /// Working hours: minutes of the local day, from and to. The second may be the earlier one: over midnight.
        hours: (u32, u32),
        /// What local time is ahead of UTC, in minutes.
        offset: i32,
        /// Working days, Monday first.
        days: [bool; 7],
    },
    /// An actor that was not seen for a time.
    NewReader {
        /// How long the actor was not seen, in milliseconds.
        after: u64,
        /// How long after the log's first entry it is silent.
        learn: u64,
    },
    /// More acts of one actor within a time that failed or were refused.
    Failures {
        /// Most of them.
        more_than: u64,
        /// Length of the time, in milliseconds.
        within: u64,
    },
    /// Every entry that the rule is about.
    Every,
}
