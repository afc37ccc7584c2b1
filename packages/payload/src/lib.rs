//! What a job's input and output are before encryption, and how they are sealed.
//!
//! [`JobRef`] names one round of one job and gives the context that its keys are bound to. [`Input`] is what the
//! requester encrypts to the chosen set; [`Output`] is what a worker encrypts for the requester and for the
//! other workers, who check it before they sign. [`ClaimMessage`] and [`SignatureMessage`] are sent off chain. [`Standing`] is what the
//! requester holds a claim against.

mod input;
mod messages;
mod output;
mod standing;

use bithive_attest::domain::Encoder;
use bithive_attest::{Domain, JobKey};
use bithive_dgkbe::kem::SharedKey;

pub use input::{Input, InputWriter, ReadError};
pub use messages::{AggregateMessage, ClaimMessage, SignatureMessage};
pub use output::{MAX_OUTPUT_BYTES, Output, OutputError, OutputKey};
pub use standing::{Standing, StandingError};

/// What can be wrong with a decrypted input or output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Too short, too long, or of another version.
    #[error("{what} is malformed: {reason}")]
    Malformed {
        /// Input or output.
        what: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A sealed output that does not open.
    #[error("the sealed output does not open: {0}")]
    Sealed(#[from] bithive_dgkbe::dem::DemError),
}

/// One round of one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobRef<'a> {
    /// The job market.
    pub jobs: Domain<'a>,
    /// Number of the job in its market.
    pub job_id: u64,
    /// The round, from 1.
    pub round: u8,
}

impl JobRef<'_> {
    /// Context of the DGKBE header and payload: chain, contract, job and round.
    #[must_use]
    pub fn context(&self) -> Vec<u8> {
        Encoder::bound("job-context", self.jobs).number(self.job_id.into()).number(self.round.into()).finish()
    }

    /// The job key, from the key that the header carries.
    #[must_use]
    pub fn key(&self, shared: &SharedKey) -> JobKey {
        JobKey::derive(shared.as_bytes(), self.jobs, self.job_id, self.round)
    }

    fn output_context(&self, account: &str) -> Vec<u8> {
        Encoder::bound("output-context", self.jobs)
            .number(self.job_id.into())
            .number(self.round.into())
            .bytes(account.as_bytes())
            .finish()
    }
}
