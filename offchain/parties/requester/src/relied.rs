//! The consent under which a job is posted.

use bithive_audit::{Digest, Name};
use serde::{Deserialize, Serialize};

/// A consent that was checked: what the log says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relied {
    /// Digest of the receipt.
    pub consent: Digest,
    /// Pseudonym of whom the data is about.
    pub subject: Digest,
    /// What the data is used for.
    pub purpose: Name,
}
