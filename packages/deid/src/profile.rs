//! The profile and its options.

use serde::{Deserialize, Serialize};

use crate::boxes::Boxes;

/// What happens to dates that the options "Retain longitudinal temporal information" are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOption {
    /// They go, as the basic profile says.
    #[default]
    Remove,
    /// They move by the subject's number of days (CID 7050, 113107). Intervals and times of day stay.
    Shift,
    /// They stay (113106). With them, who knows when somebody was examined finds the examination.
    Keep,
}

/// Options of the profile (PS3.15 E.3). Each keeps more, but for `clean_structured_content`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Options {
    /// What becomes of dates and times: see [`DateOption`].
    pub dates: DateOption,
    /// Retain UIDs (113110): whoever has the original archive finds each object.
    pub uids: bool,
    /// Retain device identity (113109).
    pub device: bool,
    /// Retain institution identity (113112).
    pub institution: bool,
    /// Retain patient characteristics (113108): sex, age, size, weight and the like. Ages above 89 become 90.
    pub patient: bool,
    /// Clean structured content (113104): reports keep their tree, numbers and codes of public schemes; texts, names and dates go.
    /// Without it, their content goes as a whole.
    pub clean_structured_content: bool,
}

/// The basic profile with options, and the boxes of text in pictures that somebody has looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Options; none is the strictest.
    pub options: Options,
    /// What to blank in which pictures.
    pub boxes: Boxes,
}
