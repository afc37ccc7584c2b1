//! Who was asked for an output in vain.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A worker that was asked for its output in vain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadCopy {
    /// Account of the worker.
    pub worker: String,
    /// Why its output is not used.
    pub reason: String,
}

impl fmt::Display for BadCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.worker, self.reason)
    }
}
