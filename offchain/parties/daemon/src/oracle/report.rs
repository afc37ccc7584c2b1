//! What an oracle tells.

use serde::{Deserialize, Serialize};

/// Something that an oracle of BOINC credit did or found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Report {
    /// It read the exports of a project.
    Read {
        /// URL of the project.
        project: String,
        /// Hosts whose owners name an account on this chain.
        hosts: u64,
    },
    /// It signed a host's total.
    Signed {
        /// URL of the project.
        project: String,
        /// The host's number.
        host: u64,
        /// Total in whole cobblestones.
        total: u64,
    },
    /// It does not sign what the exports say of a host.
    LeftOut {
        /// URL of the project.
        project: String,
        /// The host's number.
        host: u64,
        /// Why it does not, in words.
        reason: String,
    },
    /// Enough oracles had signed, and it was imported.
    Imported {
        /// Account that got the credits.
        account: String,
        /// URL of the project.
        project: String,
        /// The host's number.
        host: u64,
        /// Total in whole cobblestones.
        total: u64,
    },
}
