//! Checks of a program's surroundings: each names what is wrong and what helps.

mod chain;
mod machine;

use serde::Serialize;

pub use chain::{BEHIND, check_balance, check_blocks, check_clock};
pub use machine::{DISK_LEAST, check_disk, check_keystore, check_tcp, check_udp};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All is well.
    Passed,
    /// Something will need attention.
    Warning,
    /// Something is wrong.
    Failed,
    /// It was not checked, because an earlier check failed or it is not configured.
    Skipped,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What to do about it, where something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn passed(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Passed, found: found.into(), todo: None }
    }

    /// Something will need attention.
    #[must_use]
    pub fn warning(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Warning, found: found.into(), todo: Some(todo.into()) }
    }

    /// Something is wrong.
    #[must_use]
    pub fn failed(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Failed, found: found.into(), todo: Some(todo.into()) }
    }

    /// It was not checked.
    #[must_use]
    pub fn skipped(check: &'static str, why: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Skipped, found: why.into(), todo: None }
    }
}

/// All findings, in the order of the checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What each check found, one entry for each.
    pub checks: Vec<Finding>,
}

impl Report {
    /// Adds a finding; returns whether the check did not fail, so that those that build on it can go on.
    pub fn add(&mut self, finding: Finding) -> bool {
        let fine = finding.outcome != Outcome::Failed;
        self.checks.push(finding);
        fine
    }

    /// Whether no check failed.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.checks.iter().all(|finding| finding.outcome != Outcome::Failed)
    }
}
