//! What became of the files of a run.

use serde::Serialize;

/// A file that was left out, and why. The path is the input's and may name a patient: it is for whoever runs the command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Path of the file.
    pub file: String,
    /// Why it was left out, in words.
    pub reason: String,
}

/// Counts of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Number of files in the input.
    pub files: u64,
    /// Files whose result was written now.
    pub written: u64,
    /// Files whose result was there from an earlier run.
    pub there: u64,
    /// Files that repeat another one.
    pub repeated: u64,
    /// Files that were left out.
    pub refused: Vec<Refusal>,
}

impl Summary {
    pub(crate) fn refuse(&mut self, file: &std::path::Path, reason: impl ToString) {
        self.refused.push(Refusal { file: file.display().to_string(), reason: reason.to_string() });
    }
}
