//! The final statement of a job, of what its market or a packet says of it: anybody can build what the quorum signs.
//!
//! The market builds the same [`Statement`] from its own state, and takes nothing of it from a message.

#[cfg(feature = "api")]
use bithive_api::attestations::{SignedStatement, WorkerSet};
#[cfg(feature = "api")]
use bithive_api::jobs::JobResponse;

use crate::{Domain, Members, Statement};

/// Why what is known of a job makes no statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum StatementError {
    /// Something is not known yet, or not any more.
    #[error("the job has no {0}; expected one whose quorum agrees")]
    Missing(&'static str),
    /// Bytes of a wrong length.
    #[error("{what} has {found} bytes; expected {expected}")]
    Length {
        /// Which bytes, in words.
        what: &'static str,
        /// Number of bytes found.
        found: usize,
        /// Bytes that it has to have.
        expected: usize,
    },
}

/// A job's final statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatement<'a> {
    job_id: u64,
    round: u8,
    model: [u8; 32],
    input_commitment: [u8; 32],
    output: [u8; 32],
    masked: &'a [u8],
    workers: Vec<[u8; 48]>,
    quorum: Members,
}

impl<'a> JobStatement<'a> {
    /// The statement of these parts, as a page has them: digests of the model and the output and the commitment to the input in
    /// bytes.
    ///
    /// # Errors
    /// [`StatementError::Length`].
    pub fn of_parts(
        (job_id, round): (u64, u8),
        [model, input_commitment, output]: [&[u8]; 3],
        masked: &'a [u8],
        (workers, quorum): (&[[u8; 48]], Members),
    ) -> Result<Self, StatementError> {
        Ok(Self {
            job_id,
            round,
            model: sized(MODEL, model)?,
            input_commitment: sized(INPUT, input_commitment)?,
            output: sized(OUTPUT, output)?,
            masked,
            workers: workers.to_vec(),
            quorum,
        })
    }

    /// The statement of a job whose quorum agrees, by the answer of its market.
    ///
    /// # Errors
    /// [`StatementError::Missing`] before that; [`StatementError::Length`].
    #[cfg(feature = "api")]
    pub fn of_job(job: &'a JobResponse) -> Result<Self, StatementError> {
        let outcome = job.outcome.as_ref().ok_or(StatementError::Missing("outcome"))?;
        let assignment = job.assignment.as_ref().ok_or(StatementError::Missing("assignment"))?;
        let agreed = job.workers.get(usize::from(outcome.representative));
        let agreed = agreed.ok_or(StatementError::Missing("representative"))?;
        let output = agreed.output.as_ref().ok_or(StatementError::Missing("output"))?;
        let masked = agreed.masked.as_ref().ok_or(StatementError::Missing("result"))?;
        Ok(Self {
            job_id: job.job_id,
            round: job.round,
            model: sized(MODEL, &job.terms.model)?,
            input_commitment: sized(INPUT, &assignment.input_commitment)?,
            output: sized(OUTPUT, output)?,
            masked,
            workers: keys(job.workers.iter().map(|worker| worker.bls_key.as_slice()))?,
            quorum: Members::from_bits(outcome.quorum),
        })
    }

    /// The statement that a packet carries, or that is submitted for an announced worker set. Whether the parts fit each
    /// other is not checked.
    ///
    /// # Errors
    /// [`StatementError::Length`].
    #[cfg(feature = "api")]
    pub fn of_packet(set: &WorkerSet, signed: &'a SignedStatement) -> Result<Self, StatementError> {
        Ok(Self {
            job_id: set.job_id,
            round: set.round,
            model: sized(MODEL, &set.model)?,
            input_commitment: sized(INPUT, &set.input_commitment)?,
            output: sized(OUTPUT, &signed.output)?,
            masked: &signed.masked,
            workers: keys(set.keys.iter().map(|key| key.as_slice()))?,
            quorum: Members::from_bits(signed.members),
        })
    }

    /// The bytes that the quorum signs, valid for the market `jobs`.
    #[must_use]
    pub fn sign_bytes(&self, jobs: Domain<'_>) -> Vec<u8> {
        let statement = Statement {
            job_id: self.job_id,
            round: self.round,
            model: &self.model,
            input_commitment: &self.input_commitment,
            output: &self.output,
            masked: self.masked,
            workers: &self.workers,
            quorum: self.quorum.bits(),
        };
        statement.sign_bytes(jobs)
    }

    /// BLS keys of all workers of the round, in slot order.
    #[must_use]
    pub fn workers(&self) -> &[[u8; 48]] {
        &self.workers
    }

    /// The workers that agree.
    #[must_use]
    pub const fn quorum(&self) -> Members {
        self.quorum
    }
}

const MODEL: &str = "the digest of the model";
const INPUT: &str = "the commitment to the input";
const OUTPUT: &str = "the digest of the output";

#[cfg(feature = "api")]
fn keys<'k>(keys: impl Iterator<Item = &'k [u8]>) -> Result<Vec<[u8; 48]>, StatementError> {
    keys.map(|key| sized("a BLS key", key)).collect()
}

fn sized<const N: usize>(what: &'static str, bytes: &[u8]) -> Result<[u8; N], StatementError> {
    let length = |_| StatementError::Length { what, found: bytes.len(), expected: N };
    bytes.try_into().map_err(length)
}
