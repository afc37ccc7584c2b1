//! The jobs that are under way: what whoever goes on with them after a crash has to know.
//!
//! A job's record is written before the transaction that posts it, with the signed transaction, and removed once its output is open
//! or its escrow is back. Between the two a process can be killed at any moment.

use std::collections::BTreeSet;

use bithive_api::jobs::{Event, Phase, events};
use bithive_audit::{Act, Outcome};
use bithive_chain::{ChainError, ChainExt as _, Receipt};
use serde::{Deserialize, Serialize};

use crate::records::{OpenedOutput, digest_of, expect_version, output_name, secrets_name};
use crate::{Requester, RequesterError, Selection};

/// Prefix of the records, by digest of the vault.
const UNDER_WAY: &str = "under-way/";

/// How a job is followed until its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// Accounts that are passed over.
    pub exclude: BTreeSet<String>,
    /// Most that is added to the escrow for the workers of another round, in base units.
    pub most_added: u128,
    /// Claims to wait for before workers are chosen; as many as there are workers if none.
    pub claims: Option<usize>,
    /// Seconds to wait for that many claims; then the claims that came are used.
    pub claims_seconds: u64,
}

impl Default for Following {
    fn default() -> Self {
        Self { exclude: BTreeSet::new(), most_added: 0, claims: None, claims_seconds: 300 }
    }
}

impl Following {
    /// Whom to choose.
    #[must_use]
    pub fn selection(&self) -> Selection {
        Selection { exclude: self.exclude.clone(), most_added: self.most_added }
    }
}

/// A job from its first transaction to its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UnderWay {
    /// How it is followed.
    pub(crate) following: Following,
    /// Number of the job, once it is known.
    pub(crate) job_id: Option<u64>,
    /// The signed transaction that posts it, in hex.
    pub(crate) posting: Option<String>,
}

/// A job that a requester can go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Number of the job in its market.
    pub job_id: u64,
    /// How it was followed.
    pub following: Following,
}

pub(crate) fn under_way_name(digest: &str) -> String {
    format!("{UNDER_WAY}{digest}")
}

impl Requester {
    /// How many jobs were begun and have not ended.
    ///
    /// # Errors
    /// [`RequesterError::State`].
    pub fn begun(&self) -> Result<usize, RequesterError> {
        Ok(self.state.names(UNDER_WAY)?.len())
    }

    /// Jobs that were begun and have not ended, by number. What was posted, and what not, when the process was killed in the middle of
    /// it, is asked of the chain: a transaction that no block has is sent again.
    ///
    /// # Errors
    /// [`RequesterError::State`]; a chain that does not answer.
    pub async fn unfinished(&self) -> Result<Vec<Unfinished>, RequesterError> {
        let mut all = Vec::new();
        for name in self.state.names(UNDER_WAY)? {
            let Some(record) = self.state.get::<UnderWay>(&name)? else { continue };
            let following = record.following.clone();
            if let Some(job_id) = self.number(&name, record).await? {
                all.push(Unfinished { job_id, following });
            }
        }
        all.sort_by_key(|job| job.job_id);
        Ok(all)
    }

    /// How a job was followed; the default for one that has ended or that another version has posted.
    ///
    /// # Errors
    /// [`RequesterError::NotOurs`] for a job of somebody else's; [`RequesterError::OtherVersion`] for one that waits for claims and gets
    /// none; as [`Requester::unfinished`].
    pub async fn following(&self, job_id: u64) -> Result<Following, RequesterError> {
        let (job, vault) = self.own_job(job_id).await?;
        if matches!(job.phase, Phase::Open | Phase::Disputed) {
            expect_version(job_id, &vault)?;
        }
        let record: Option<UnderWay> = self.state.get(&under_way_name(&digest_of(&vault)))?;
        Ok(record.map(|record| record.following).unwrap_or_default())
    }

    /// Nothing is to be done for the job any more. If it is refunded, or its output is open, only the output is kept of it: nobody can
    /// ask for its input any more.
    ///
    /// # Errors
    /// [`RequesterError::NotOurs`]; as [`Requester::unfinished`].
    pub async fn ended(&self, job_id: u64) -> Result<(), RequesterError> {
        let (job, vault) = self.own_job(job_id).await?;
        let digest = digest_of(&vault);
        let is_over = match job.phase {
            Phase::Refunded => true,
            Phase::Settled => self.state.get::<OpenedOutput>(&output_name(job_id))?.is_some(),
            _ => false,
        };
        if is_over {
            self.clear(job_id, &digest).await?;
        }
        Ok(self.state.remove(&under_way_name(&digest))?)
    }

    /// The number of a job of the records; none if it was never posted, and its records are removed then.
    pub(crate) async fn number(&self, name: &str, record: UnderWay) -> Result<Option<u64>, RequesterError> {
        if record.job_id.is_some() {
            return Ok(record.job_id);
        }
        let receipt = match record.posting.as_deref().map(hex::decode) {
            Some(Ok(posting)) => self.client().chain().resend(&posting).await,
            // Killed before there was a transaction.
            Some(Err(_)) | None => {
                self.forget(name)?;
                return Ok(None);
            }
        };
        match receipt {
            Ok(receipt) => {
                let job_id = Some(posted_id(&receipt, self.client().deployment().jobs())?);
                self.state.put(name, &UnderWay { job_id, posting: None, ..record })?;
                if let Some(job_id) = job_id {
                    self.log_job(Act::JobPosted, Outcome::Success, (job_id, None)).await?;
                }
                Ok(job_id)
            }
            Err(error) if is_refusal(&error) => {
                tracing::warn!(%error, "a job was not posted");
                self.forget(name)?;
                Ok(None)
            }
            // Another transaction has its place, or it was included and the node has forgotten it: its secrets stay, and who finds
            // the job can go on with it by its number.
            Err(error @ ChainError::SequenceMismatch { .. }) => {
                tracing::warn!(%error, "a job was not posted, or so long ago that the node does not tell its number");
                self.state.remove(name)?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the records of a job that is on no chain.
    pub(crate) fn forget(&self, name: &str) -> Result<(), RequesterError> {
        if let Some(digest) = name.strip_prefix(UNDER_WAY) {
            self.state.remove(&secrets_name(digest))?;
        }
        Ok(self.state.remove(name)?)
    }
}

/// Whether the chain has refused a transaction for good, so that nothing of it can ever take effect.
pub(crate) const fn is_refusal(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Contract { .. }
            | ChainError::Execution { .. }
            | ChainError::InsufficientFunds { .. }
            | ChainError::NoSuchAccount { .. }
            | ChainError::OutOfGas { .. }
            | ChainError::TxTooLarge { .. }
    )
}

/// The number of the job that a transaction has posted.
pub(crate) fn posted_id(receipt: &Receipt, jobs: &str) -> Result<u64, ChainError> {
    let posted = |event| match event {
        Event::Posted { job_id, .. } => Some(job_id),
        _ => None,
    };
    receipt.announced(jobs, events::POSTED, posted).map(|(job_id, _)| job_id)
}
