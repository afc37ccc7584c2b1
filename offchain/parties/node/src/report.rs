//! Reports of a node to its observer: a log, a terminal, a test.

use bithive_api::jobs::Phase;
use serde::{Deserialize, Serialize};

/// Something a node did or learned about a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Report {
    /// It tried the vault with its own tags.
    VaultTried {
        /// Number of the job.
        job_id: u64,
        /// Whether it opened.
        opened: bool,
    },
    /// Its machine is too slow for the job's windows, or nothing permits the use of the data, so it does not claim it.
    Declined {
        /// Number of the job.
        job_id: u64,
        /// What is too short or not permitted, and what helps, for people.
        reason: String,
    },
    /// It sent a sealed claim.
    Claimed {
        /// Number of the job.
        job_id: u64,
        /// What it asked, in base units.
        #[serde(with = "text")]
        ask: u128,
        /// Size of the sealed claim, in bytes.
        bytes: usize,
    },
    /// It claimed, and others were chosen.
    NotChosen {
        /// Number of the job.
        job_id: u64,
    },
    /// It decrypted the input and checked it.
    Decrypted {
        /// Number of the job.
        job_id: u64,
        /// Bytes of plaintext.
        bytes: u64,
    },
    /// It ran the model and committed to the result.
    Committed {
        /// Number of the job.
        job_id: u64,
    },
    /// It revealed the masked result.
    Revealed {
        /// Number of the job.
        job_id: u64,
    },
    /// It checked the representative's output and signed the final statement.
    Signed {
        /// Number of the job.
        job_id: u64,
    },
    /// It published its signature on chain, because the others' did not come.
    ShowedSignature {
        /// Number of the job.
        job_id: u64,
    },
    /// It sent the quorum's aggregate signature.
    Finalized {
        /// Number of the job.
        job_id: u64,
    },
    /// It withdrew what it earned.
    Withdrew {
        /// Amount in base units of BTT.
        #[serde(with = "text")]
        amount: u128,
    },
    /// A step failed.
    Failed {
        /// Number of the job.
        job_id: u64,
        /// Why it failed, for people.
        reason: String,
        /// Whether it tries again.
        retries: bool,
    },
}

/// Amounts as text: JSON's numbers are exact up to 2^53 only, and serde can't read 128-bit numbers in tagged enums.
mod text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(amount: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Receives a node's reports.
pub trait Observer: Send + Sync {
    /// Called once for each report, in order.
    fn report(&self, report: Report);

    /// Called when all there was to do about a block is done, with its height and its time in seconds of the Unix
    /// epoch.
    fn followed(&self, _height: u64, _time: u64) {}

    /// Called when the chain was found to have another history than before, with the height at which it is now.
    fn rolled_back(&self, _height: u64) {}

    /// Called whenever a job was looked at, with its phase on chain.
    fn looked_at(&self, _job_id: u64, _phase: Phase) {}
}

/// An observer that ignores all reports.
pub struct Silent;

impl Observer for Silent {
    fn report(&self, _: Report) {}
}
