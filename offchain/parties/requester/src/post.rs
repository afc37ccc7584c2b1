//! Posting: the policy goes into a vault, the price into escrow.

use bithive_api::jobs::{Event, Terms, events};
use bithive_blindmatch::claim::RequesterKey;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Poster, Vault};
use bithive_chain::{ChainError, Receipt};
use bithive_economics::escrow;
use bytes::Bytes;
use cosmwasm_std::Uint128;
use rand_core::Rng as _;

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
    /// What is offered to workers, and asked of them.
    pub offer: Offer,
}

impl JobSpec {
    /// What is held for the job until it ends, in base units.
    ///
    /// # Errors
    /// [`RequesterError`]: it does not fit 128 bits.
    pub fn escrow(&self) -> Result<u128, RequesterError> {
        escrow(self.offer.price, self.offer.quorum.workers).ok_or(RequesterError::Mismatch {
            what: "the price",
            reason: "price times workers does not fit 128 bits".into(),
        })
    }
}

/// What a requester offers to workers and asks of them: the terms of a job but for what follows from its input, its model
/// and the time at which it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Offer {
    /// Most that one worker may ask, in BTT.
    // In base units here.
    #[cfg_attr(feature = "clap", arg(long, value_parser = bithive_client::amount::parse))]
    pub price: u128,
    /// How many work on it and have to agree.
    #[cfg_attr(feature = "clap", command(flatten))]
    pub quorum: Quorum,
    /// How long each state may last.
    #[cfg_attr(feature = "clap", command(flatten))]
    pub windows: Windows,
    /// Whom the model is expected to pay: the job is refused if its registered owner (`bithive model show`) names another
    /// receiver.
    #[cfg_attr(feature = "clap", arg(long))]
    pub model_owner: Option<String>,
    /// Address of the data's owner, who gets a share and has agreed to be named (`bithive model consent`).
    #[cfg_attr(feature = "clap", arg(long))]
    pub data_owner: Option<String>,
}

impl Offer {
    /// An offer that pays nobody for model or data.
    #[must_use]
    pub const fn new(price: u128, quorum: Quorum, windows: Windows) -> Self {
        Self { price, quorum, windows, model_owner: None, data_owner: None }
    }

    /// The terms of a job that is posted at `now`, in Unix seconds.
    fn terms(&self, now: u64, dimensions: u16, model: [u8; 32]) -> Terms {
        let Quorum { workers, quorum, tolerance } = self.quorum;
        let Windows { assign_seconds, commit_seconds, reveal_seconds, finalize_seconds } = self.windows;
        Terms {
            workers,
            quorum,
            tolerance,
            dimensions,
            price: Uint128::new(self.price),
            assign_by: now.saturating_add(assign_seconds),
            commit_seconds,
            reveal_seconds,
            finalize_seconds,
            model: (&model).into(),
            model_owner: self.model_owner.clone(),
            data_owner: self.data_owner.clone(),
        }
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
        let domain = self.client().deployment().jobs_domain();
        let poster = Poster::new(domain.chain_id, domain.contract, self.account.address());
        let (vault, match_key) =
            Vault::seal(&compiled, &tags, &poster, key.public(), endpoint, DEFAULT_BUDGET, &mut self.rng)?;
        let policy = serde_json::to_vec(&spec.policy)
            .map_err(|error| RequesterError::Mismatch { what: "the policy", reason: error.to_string() })?;
        let mut salt = [0; 32];
        self.rng.fill_bytes(&mut salt);
        let secrets = Secrets {
            match_key: *match_key.as_bytes(),
            requester_key: key.encode().to_vec(),
            policy,
            rows: spec.rows.clone(),
            salt,
        };
        self.state.put(&secrets_name(&vault), &secrets)?;
        let model = self.exchange.publish(spec.model.clone()).await?;
        let now = self.client().chain().info().await?.time.seconds();
        let terms = spec.offer.terms(now, spec.dimensions, model);
        let (vault, escrow) = (vault.encode(), spec.escrow()?);
        let receipt = self.account.post_job(&vault, terms, escrow).await?;
        let job_id = posted_id(&receipt, self.client().deployment().jobs())?;
        Ok(Posted { job_id, vault, receipt })
    }
}

fn posted_id(receipt: &Receipt, jobs: &str) -> Result<u64, ChainError> {
    let posted = |event| match event {
        Event::Posted { job_id, .. } => Some(job_id),
        _ => None,
    };
    receipt.announced(jobs, events::POSTED, posted).map(|(job_id, _)| job_id)
}
