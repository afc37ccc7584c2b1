//! Posting: the policy goes into a vault, the price into escrow.

use bithive_api::jobs::{Event, JobTerms, events};
use bithive_blindmatch::claim::RequesterKey;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Vault};
use bithive_chain::{ChainError, Receipt};
use bithive_economics::escrow;
use bytes::Bytes;
use cosmwasm_std::Uint128;

use crate::records::{Secrets, secrets_name};
use crate::{Requester, RequesterError};

/// What is to be done, by whom, and for how much.
#[derive(Clone)]
pub struct JobSpec {
    /// Who may work on it.
    pub policy: Policy,
    /// The rows, in the model runtime's encoding.
    pub rows: Vec<u8>,
    /// Words of the masked result; `bithive_attest::result::words_for` the number of rows.
    pub dimensions: u16,
    /// The model file. It is published; the chain holds its digest.
    pub model: Bytes,
    /// How many work on it and have to agree.
    pub quorum: Quorum,
    /// Most that one worker may ask, in base units.
    pub price: u128,
    /// How long each state may last.
    pub windows: Windows,
    /// Owner of the model, if it is to be paid.
    pub model_owner: Option<String>,
    /// Owner of the data, if it is to be paid.
    pub data_owner: Option<String>,
}

impl JobSpec {
    /// What is held for the job until it ends, in base units.
    ///
    /// # Errors
    /// [`RequesterError`]: it does not fit 128 bits.
    pub fn escrow(&self) -> Result<u128, RequesterError> {
        escrow(self.price, self.quorum.workers).ok_or(RequesterError::Mismatch {
            what: "the price",
            reason: "price times workers does not fit 128 bits".into(),
        })
    }
}

/// How many work on a job, and how many of them have to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Quorum {
    /// Workers of a round (k), 1 to 16.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3))]
    pub workers: u8,
    /// Workers whose results must agree (q): more than k/2, at most k.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 2))]
    pub quorum: u8,
    /// Largest difference of two results of the quorum, word by word, in units of 1/65536.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 64))]
    pub tolerance: u32,
}

/// How long each state of a job may last, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Windows {
    /// Seconds until the job expires without workers.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub assign_seconds: u64,
    /// Seconds for commitments.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub commit_seconds: u64,
    /// Seconds for reveals.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub reveal_seconds: u64,
    /// Seconds for the final statement, and for replacements.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub finalize_seconds: u64,
}

impl Windows {
    /// The same number of seconds for all of them.
    #[must_use]
    pub const fn same(seconds: u64) -> Self {
        Self {
            assign_seconds: seconds,
            commit_seconds: seconds,
            reveal_seconds: seconds,
            finalize_seconds: seconds,
        }
    }
}

/// A posted job.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Number of the job in its market.
    pub job_id: u64,
    /// The vault as it is on chain.
    pub vault: Vec<u8>,
    /// Receipt of the transaction that posted it.
    pub receipt: Receipt,
}

impl Requester {
    /// Posts a job.
    ///
    /// # Errors
    /// [`RequesterError`]; the contract names a term that is out of bounds.
    pub async fn post(&mut self, spec: &JobSpec) -> Result<Posted, RequesterError> {
        let compiled = spec.policy.compile(self.tags.schema())?;
        let epoch = self.tags.epoch().await?;
        let tags = self.tags.tags(epoch, &compiled.evaluations(), &mut self.rng).await?;
        let key = RequesterKey::generate(&mut self.rng);
        let endpoint = self.exchange.id().0;
        let (vault, match_key) =
            Vault::seal(&compiled, &tags, key.public(), endpoint, DEFAULT_BUDGET, &mut self.rng)?;
        let policy = serde_json::to_vec(&spec.policy)
            .map_err(|error| RequesterError::Mismatch { what: "the policy", reason: error.to_string() })?;
        let secrets = Secrets {
            match_key: *match_key.as_bytes(),
            requester_key: key.encode().to_vec(),
            policy,
            rows: spec.rows.clone(),
        };
        self.state.put(&secrets_name(&vault), &secrets)?;
        let model = self.exchange.publish(spec.model.clone()).await?;
        let terms = self.terms(spec, &vault, model).await?;
        let escrow = spec.escrow()?;
        let vault = terms.vault.to_vec();
        let receipt = self.account.post_job(terms, escrow).await?;
        let job_id = posted_id(&receipt, self.client().deployment().jobs())?;
        Ok(Posted { job_id, vault, receipt })
    }

    async fn terms(
        &self,
        spec: &JobSpec,
        vault: &Vault,
        model: [u8; 32],
    ) -> Result<JobTerms, RequesterError> {
        let now = self.client().chain().info().await?.time.seconds();
        let Quorum { workers, quorum, tolerance } = spec.quorum;
        let Windows { assign_seconds, commit_seconds, reveal_seconds, finalize_seconds } = spec.windows;
        Ok(JobTerms {
            vault: vault.encode().into(),
            workers,
            quorum,
            tolerance,
            dimensions: spec.dimensions,
            price: Uint128::new(spec.price),
            assign_by: now.saturating_add(assign_seconds),
            commit_seconds,
            reveal_seconds,
            finalize_seconds,
            model: (&model).into(),
            model_owner: spec.model_owner.clone(),
            data_owner: spec.data_owner.clone(),
        })
    }
}

fn posted_id(receipt: &Receipt, jobs: &str) -> Result<u64, ChainError> {
    let posted = |event| match event {
        Event::Posted { job_id, .. } => Some(job_id),
        _ => None,
    };
    receipt.announced(jobs, events::POSTED, posted).map(|(job_id, _)| job_id)
}
