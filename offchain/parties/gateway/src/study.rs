//! Records of studies: how far each is on its way to an answer, and why it is not further.

use std::path::Path;

use bithive_dicomnet::Uid;
use serde::{Deserialize, Serialize};

use crate::clock::now;
use crate::error::GatewayError;
use crate::seal::SpoolKey;
use crate::spool::{Spool, read_records};

/// Kind of these records in the spool.
const KIND: &str = "studies";

/// How far a study is. Each step is recorded once it is done, and can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Objects may still come, or no rule takes it.
    Arriving,
    /// A rule takes it, and nothing has come for as long as the rule says.
    Quiet,
    /// Its objects are there without what names the patient.
    Deidentified,
    /// Its images are there as jobs take them.
    Imported,
    /// It may be used.
    Permitted,
    /// It is being posted: this is recorded before anything is sent.
    Posting,
    /// All its jobs are on the chain.
    Posted,
    /// All its jobs have their results.
    Settled,
    /// Its answers are in the spool, and on their way to whom the rule names.
    Answered,
    /// It got none, and why is said.
    Refused,
}

impl Stage {
    /// All, in their order.
    pub const ALL: [Self; 10] = [
        Self::Arriving,
        Self::Quiet,
        Self::Deidentified,
        Self::Imported,
        Self::Permitted,
        Self::Posting,
        Self::Posted,
        Self::Settled,
        Self::Answered,
        Self::Refused,
    ];

    /// As it is shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Quiet => "quiet",
            Self::Deidentified => "deidentified",
            Self::Imported => "imported",
            Self::Permitted => "permitted",
            Self::Posting => "posting",
            Self::Posted => "posted",
            Self::Settled => "settled",
            Self::Answered => "answered",
            Self::Refused => "refused",
        }
    }

    /// Whether nothing more is to be done.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Answered | Self::Refused)
    }
}

/// Images of a study that are one job: as many as one job takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Where each image comes from, in their order.
    pub images: Vec<Source>,
    /// Digest by which a consent names them, in hexadecimal.
    pub digest: String,
    /// Number of its job, once it is posted.
    pub job: Option<u64>,
    /// Whether its result is in the spool.
    pub settled: bool,
    /// Why it ended without a result.
    pub ended: Option<String>,
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The object as it arrived.
    pub instance: Uid,
    /// Its frame, from 1.
    pub frame: u32,
}

/// What is known of a study on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Study Instance UID.
    pub study: Uid,
    /// The rule that takes it; none if none does.
    pub rule: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Why it is not further, or what a person should know.
    pub reason: Option<String>,
    /// Objects that the rule takes, when it was quiet.
    pub objects: Vec<Uid>,
    /// Objects that the rule does not take, or that came after the images were taken.
    pub left_out: usize,
    /// The jobs that it becomes: several where it is too large for one.
    pub parts: Vec<Part>,
    /// How often it was begun: a study that is tried again has other jobs.
    pub attempt: u32,
    /// What is held for its jobs, in base units, and the day on which they were posted, in days since 1970.
    pub held: Option<(String, u64)>,
    /// When it got as far, in milliseconds since 1970.
    pub since: u64,
    /// When it was settled, in milliseconds since 1970: the time of its answers.
    pub settled_at: Option<u64>,
}

impl Study {
    /// A study that nothing is known of.
    #[must_use]
    pub fn new(study: Uid, now: u64) -> Self {
        Self {
            study,
            rule: None,
            stage: Stage::Arriving,
            reason: None,
            objects: Vec::new(),
            left_out: 0,
            parts: Vec::new(),
            attempt: 1,
            held: None,
            since: now,
            settled_at: None,
        }
    }

    /// Goes on to a stage.
    pub(crate) fn go(&mut self, stage: Stage, reason: Option<String>, now: u64) {
        (self.stage, self.reason, self.since) = (stage, reason, now);
    }

    /// What is held for its jobs, if they were posted on this day.
    pub(crate) fn held_on(&self, day: u64) -> u128 {
        let held = self.held.as_ref().filter(|(_, of)| *of == day);
        held.and_then(|(amount, _)| amount.parse().ok()).unwrap_or_default()
    }
}

/// All records, by study.
pub(crate) fn all(spool: &Spool) -> Result<Vec<Study>, GatewayError> {
    let mut all: Vec<Study> = spool.all(KIND)?;
    all.sort_by(|one, other| one.study.cmp(&other.study));
    Ok(all)
}

/// Writes a record. When this answers well, it is on disk.
pub(crate) fn put(spool: &Spool, study: &Study) -> Result<(), GatewayError> {
    spool.put(KIND, study.study.as_str(), study, Vec::new())
}

/// The record of a study, if there is one.
pub(crate) fn get(spool: &Spool, study: &Uid) -> Result<Option<Study>, GatewayError> {
    Ok(spool.get(KIND, study.as_str())?.map(|(record, _)| record))
}

/// Removes a record, if there is one.
pub(crate) fn remove(spool: &Spool, study: &Uid) -> Result<(), GatewayError> {
    spool.remove(KIND, study.as_str())
}

/// The records of a spool that another process may have open, by study.
///
/// # Errors
/// [`GatewayError::OtherKey`], [`GatewayError::Damaged`], [`GatewayError::Io`].
pub fn studies(folder: &Path, key: &SpoolKey) -> Result<Vec<Study>, GatewayError> {
    let mut all: Vec<Study> = read_records(folder, key, KIND)?;
    all.sort_by(|one, other| one.study.cmp(&other.study));
    Ok(all)
}

/// Has a study that was answered or refused begin anew, with new jobs. Returns whether there was one.
///
/// # Errors
/// [`GatewayError::Io`], [`GatewayError::Damaged`].
pub fn again(spool: &Spool, study: &Uid) -> Result<bool, GatewayError> {
    match get(spool, study)? {
        Some(record) if record.stage.is_end() => {
            let attempt = record.attempt.saturating_add(1);
            put(spool, &Study { attempt, held: record.held, ..Study::new(study.clone(), now()) })?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
