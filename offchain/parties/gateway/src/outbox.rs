//! What is to be sent, to whom, and whether it was taken: a record for each, on disk before the first attempt.
//!
//! A thing is sent until its peer says that it has it. A process that is killed after that and before it is recorded sends it once more: the
//! same object, or the same document in its own place, which a peer knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bithive_dicomnet::Uid;
use serde::{Deserialize, Serialize};

use crate::clock::now;
use crate::error::GatewayError;
use crate::seal::SpoolKey;
use crate::spool::{Spool, read_records};

const KIND: &str = "outbox";
/// First and longest wait after an attempt that failed: each is twice the one before.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));
/// Most characters of what a peer says.
const MAX_PROBLEM: usize = 200;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A DICOM object of the spool.
    Object(Uid),
    /// A FHIR document of the spool.
    Document {
        /// Type of the FHIR resource.
        kind: String,
        /// Id of the FHIR resource, which follows from the job.
        id: String,
    },
}

impl Thing {
    fn name(&self) -> String {
        match self {
            Self::Object(instance) => instance.to_string(),
            Self::Document { kind, id } => format!("{kind}/{id}"),
        }
    }
}

/// Something that is sent to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Name of the destination.
    pub to: String,
    /// What is sent.
    pub thing: Thing,
    /// Since when, in milliseconds since 1970.
    pub since: u64,
    /// Attempts so far.
    pub attempts: u32,
    /// When it is tried next, in milliseconds since 1970.
    pub next: u64,
    /// When the peer said that it has it, in milliseconds since 1970.
    pub sent: Option<u64>,
    /// Why the last attempt failed.
    pub problem: Option<String>,
}

/// How many letters there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Letters {
    pub(crate) waiting: usize,
    pub(crate) failing: usize,
    pub(crate) sent: usize,
}

type Key = (String, Thing);

/// All letters of a spool.
#[derive(Default)]
pub(crate) struct Outbox(Mutex<BTreeMap<Key, Letter>>);

impl Outbox {
    /// Finds those that are there.
    ///
    /// # Errors
    /// [`GatewayError::Damaged`], [`GatewayError::Io`].
    pub(crate) fn open(spool: &Spool) -> Result<Self, GatewayError> {
        let all: Vec<Letter> = spool.all(KIND)?;
        let all = all.into_iter().map(|letter| ((letter.to.clone(), letter.thing.clone()), letter));
        Ok(Self(Mutex::new(all.collect())))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Key, Letter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records something that is to be sent. When this answers well, it is on disk. What was recorded before stays as it is.
    ///
    /// # Errors
    /// [`GatewayError::Io`]; too many letters.
    pub(crate) fn add(&self, spool: &Spool, to: &str, thing: Thing) -> Result<(), GatewayError> {
        let key = (to.to_owned(), thing.clone());
        let mut all = self.all();
        if all.contains_key(&key) {
            return Ok(());
        }
        let since = now();
        let letter =
            Letter { to: to.to_owned(), thing, since, attempts: 0, next: since, sent: None, problem: None };
        put(spool, &letter)?;
        all.insert(key, letter);
        Ok(())
    }

    /// Letters to a destination whose time has come, the oldest first.
    pub(crate) fn due(&self, to: &str, most: usize) -> Vec<Letter> {
        let now = now();
        let all = self.all();
        let due =
            all.values().filter(|letter| letter.to == to && letter.sent.is_none() && letter.next <= now);
        let mut due: Vec<Letter> = due.cloned().collect();
        due.sort_by_key(|letter| letter.since);
        due.truncate(most);
        due
    }

    /// Records what became of an attempt.
    ///
    /// # Errors
    /// [`GatewayError::Io`].
    pub(crate) fn tried(
        &self,
        spool: &Spool,
        mut letter: Letter,
        outcome: Result<(), String>,
    ) -> Result<(), GatewayError> {
        letter.attempts = letter.attempts.saturating_add(1);
        match outcome {
            Ok(()) => (letter.sent, letter.problem) = (Some(now()), None),
            Err(problem) => {
                let (first, longest) = WAITS;
                let times = 2_u32.saturating_pow(letter.attempts.saturating_sub(1));
                let wait = first.saturating_mul(times).min(longest).as_millis();
                letter.next = now().saturating_add(u64::try_from(wait).unwrap_or(u64::MAX));
                letter.problem = Some(problem.chars().take(MAX_PROBLEM).collect());
            }
        }
        put(spool, &letter)?;
        self.all().insert((letter.to.clone(), letter.thing.clone()), letter);
        Ok(())
    }

    /// Removes what is sent of these objects and documents.
    ///
    /// # Errors
    /// [`GatewayError::Io`].
    pub(crate) fn remove(&self, spool: &Spool, things: &[Thing]) -> Result<(), GatewayError> {
        let mut all = self.all();
        let keys: Vec<Key> = all.keys().filter(|(_, thing)| things.contains(thing)).cloned().collect();
        for key in keys {
            spool.remove(KIND, &id(&key.0, &key.1))?;
            all.remove(&key);
        }
        Ok(())
    }

    pub(crate) fn tally(&self) -> Letters {
        let mut letters = Letters::default();
        for letter in self.all().values() {
            let count = match (letter.sent, &letter.problem) {
                (Some(_), _) => &mut letters.sent,
                (None, Some(_)) => &mut letters.failing,
                (None, None) => &mut letters.waiting,
            };
            *count = count.saturating_add(1);
        }
        letters
    }
}

fn id(to: &str, thing: &Thing) -> String {
    format!("{to}/{}", thing.name())
}

fn put(spool: &Spool, letter: &Letter) -> Result<(), GatewayError> {
    spool.put(KIND, &id(&letter.to, &letter.thing), letter, Vec::new())
}

/// The letters of a spool that another process may have open, the oldest first.
///
/// # Errors
/// [`GatewayError::OtherKey`], [`GatewayError::Damaged`], [`GatewayError::Io`].
pub fn letters(folder: &Path, key: &SpoolKey) -> Result<Vec<Letter>, GatewayError> {
    let mut all: Vec<Letter> = read_records(folder, key, KIND)?;
    all.sort_by_key(|letter| (letter.since, id(&letter.to, &letter.thing)));
    Ok(all)
}
