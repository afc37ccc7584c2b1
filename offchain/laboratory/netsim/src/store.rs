//! Runs kept in a file, so that an experiment goes on where it was stopped and repeats only what a change affects.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::cells::Cell;
use crate::digest::digest;
use crate::error::SimError;
use crate::host::Control;
use crate::record::RunResult;
use crate::scenario::Scenario;

/// What a run gave: its measurements, or why it failed.
pub type Outcome = Result<RunResult, String>;

/// A file of runs, one JSON document a line. A run is found by its cell, its seed and a digest of everything that
/// decides what it gives: the scenario with every constant, the sources of the simulator and of UDX where UDX takes
/// part, and the version of the QUIC library.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    known: BTreeMap<Key, Outcome>,
    file: Mutex<File>,
    closed: bool,
}

#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
struct Key {
    cell: String,
    seed: u64,
    configuration: String,
}

impl Key {
    fn of(cell: &Cell, seed: u64) -> Self {
        Self { cell: cell.name.clone(), seed, configuration: configuration(&cell.scenario) }
    }
}

#[derive(Deserialize, Serialize)]
struct Line {
    #[serde(flatten)]
    key: Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// The digest of what decides a run besides its seed, in hexadecimal.
fn configuration(scenario: &Scenario) -> String {
    let scenario = Scenario { trace: false, qlog: None, ..scenario.clone() };
    let udx = scenario.flows.iter().any(|flow| matches!(flow.control, Control::Udx(_)));
    let parts = [
        format!("{scenario:?}").into_bytes(),
        env!("NETSIM_MODEL").into(),
        if udx { env!("NETSIM_UDX").into() } else { Vec::new() },
    ];
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    format!("{:016x}", digest(&parts))
}

impl Store {
    /// Opens `path`, or creates it.
    ///
    /// # Errors
    /// A file that cannot be read or written, or a line that is not a run. A last line without an end, which an
    /// experiment that was killed leaves behind, is dropped.
    pub fn open(path: &Path) -> Result<Self, SimError> {
        let failed = |reason: String| SimError::Store { file: path.display().to_string(), reason };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error.to_string())),
        };
        let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
        let mut known = BTreeMap::new();
        for (number, line) in whole.lines().enumerate() {
            let line: Line = serde_json::from_str(line)
                .map_err(|error| failed(format!("line {} is not a run: {error}", number + 1)))?;
            let outcome = match (line.run, line.failure) {
                (Some(run), None) => Ok(run),
                (None, Some(failure)) => Err(failure),
                _ => return Err(failed(format!("line {} must have either a run or a failure", number + 1))),
            };
            known.insert(line.key, outcome);
        }
        let file = OpenOptions::new().append(true).create(true).open(path);
        let file = file.and_then(|file| file.set_len(whole.len() as u64).map(|()| file));
        let file = file.map_err(|error| failed(error.to_string()))?;
        Ok(Self { path: path.to_path_buf(), known, file: Mutex::new(file), closed: false })
    }

    /// Runs nothing new: an experiment then reports only the runs that the file has.
    pub fn closed(self) -> Self {
        Self { closed: true, ..self }
    }

    /// Whether nothing new is run.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// How many runs it held when it was opened.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether it held none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The run of this cell and seed, if it was made with the same configuration.
    pub(crate) fn find(&self, cell: &Cell, seed: u64) -> Option<Outcome> {
        self.known.get(&Key::of(cell, seed)).cloned()
    }

    /// Keeps a run.
    pub(crate) fn keep(&self, cell: &Cell, seed: u64, outcome: &Outcome) -> Result<(), SimError> {
        let failed = |reason: String| SimError::Store { file: self.path.display().to_string(), reason };
        let line = Line {
            key: Key::of(cell, seed),
            run: outcome.as_ref().ok().cloned(),
            failure: outcome.as_ref().err().cloned(),
        };
        let mut text = serde_json::to_string(&line).map_err(|error| failed(error.to_string()))?;
        text.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes()).map_err(|error| failed(error.to_string()))
    }
}
