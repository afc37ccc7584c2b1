//! The key of a round, and the outputs that open with it.

use bithive_dgkbe::kem::SharedKey;
use bithive_payload::{JobRef, MAX_OUTPUT_BYTES, Output};

use crate::failure::sized;
use crate::job::Market;
use crate::record::{self, RecordKey, RecordKind};
use crate::{Failure, Kind};

/// The key that an assignment's headers carry. Erased when dropped.
pub struct RoundKey {
    market: Market,
    job_id: u64,
    round: u8,
    shared: SharedKey,
}

impl Clone for RoundKey {
    fn clone(&self) -> Self {
        let shared = SharedKey::from_bytes(*self.shared.as_bytes());
        Self { market: self.market.clone(), job_id: self.job_id, round: self.round, shared }
    }
}

impl RoundKey {
    pub(crate) fn new(market: Market, job_id: u64, round: u8, shared: SharedKey) -> Self {
        Self { market, job_id, round, shared }
    }

    /// Number of the job.
    #[must_use]
    pub fn job_id(&self) -> u64 {
        self.job_id
    }

    /// The round, from 1.
    #[must_use]
    pub fn round(&self) -> u8 {
        self.round
    }

    /// Opens the output of the account `worker`: one number for each row. `digest` and `masked` are the worker's on chain.
    ///
    /// # Errors
    /// [`Kind::Output`], [`Kind::Argument`].
    pub fn open_output(
        &self,
        worker: &str,
        digest: &[u8],
        sealed: &[u8],
        masked: &[u8],
    ) -> Result<Output, Failure> {
        let digest: [u8; 32] = sized("the digest", digest)?;
        if sealed.len() > MAX_OUTPUT_BYTES {
            let found = sealed.len();
            let message = format!("the output has {found} bytes; expected at most {MAX_OUTPUT_BYTES}");
            return Err(Kind::Output.failure(message));
        }
        if *blake3::hash(sealed).as_bytes() != digest {
            return Err(Kind::Output.failure("the output is not the content that the chain names"));
        }
        let job = JobRef { jobs: self.market.domain(), job_id: self.job_id, round: self.round };
        let key = job.key(&self.shared);
        Output::open_checked(job, &key, worker, (sealed, masked))
            .map_err(|error| Kind::Output.failure(format!("the worker's output: {error}")))
    }

    /// Seals the key.
    ///
    /// # Errors
    /// [`Kind::Random`].
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, Failure> {
        let content = record::encode(&[
            self.market.chain_id.as_bytes(),
            self.market.jobs.as_bytes(),
            &self.job_id.to_be_bytes(),
            &[self.round],
            self.shared.as_bytes(),
        ]);
        key.seal(RecordKind::Round, "", &content)
    }

    /// Opens what [`RoundKey::export`] sealed.
    ///
    /// # Errors
    /// [`Kind::Record`].
    pub fn import(key: &RecordKey, sealed: &[u8]) -> Result<Self, Failure> {
        let content = key.open(RecordKind::Round, "", sealed)?;
        let [chain_id, jobs, job_id, round, shared] = record::decode(&content)?;
        let [round] = record::fixed(round)?;
        Ok(Self {
            market: Market { chain_id: record::text(chain_id)?.into(), jobs: record::text(jobs)?.into() },
            job_id: u64::from_be_bytes(record::fixed(job_id)?),
            round,
            shared: SharedKey::from_bytes(record::fixed(shared)?),
        })
    }
}
