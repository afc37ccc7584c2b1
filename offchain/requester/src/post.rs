//! Posting: the policy goes into a vault, the price into escrow.

use bithive_api::jobs::{JobTerms, events};
use bithive_blindmatch::claim::RequesterKey;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Vault};
use bithive_chain::{ChainError, Receipt};
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
    /// Number of workers (k).
    pub workers: u8,
    /// Workers that must agree (q).
    pub quorum: u8,
    /// Largest difference within the quorum, in fixed-point units.
    pub tolerance: u32,
    /// Most that one worker may ask, in base units.
    pub price: u128,
    /// Seconds until the job expires without workers.
    pub assign_seconds: u64,
    /// Seconds for commitments.
    pub commit_seconds: u64,
    /// Seconds for reveals.
    pub reveal_seconds: u64,
    /// Seconds for the final statement, and for replacements.
    pub finalize_seconds: u64,
    /// Owner of the model, if it is to be paid.
    pub model_owner: Option<String>,
    /// Owner of the data, if it is to be paid.
    pub data_owner: Option<String>,
}

/// A posted job.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Its number.
    pub job_id: u64,
    /// The vault as it is on chain.
    pub vault: Vec<u8>,
    /// The transaction.
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
            .map_err(|error| RequesterError::Untrue { what: "the policy", reason: error.to_string() })?;
        let secrets = Secrets {
            match_key: *match_key.as_bytes(),
            requester_key: key.encode().to_vec(),
            policy,
            rows: spec.rows.clone(),
        };
        self.state.put(&secrets_name(&vault), &secrets)?;
        let model = self.exchange.publish(spec.model.clone()).await?;
        let terms = self.terms(spec, &vault, model).await?;
        let escrow = spec.price.checked_mul(u128::from(spec.workers)).ok_or(RequesterError::Untrue {
            what: "the price",
            reason: "price times workers does not fit 128 bits".into(),
        })?;
        let vault = terms.vault.to_vec();
        let receipt = self.account.post_job(terms, escrow).await?;
        Ok(Posted { job_id: posted_id(&receipt)?, vault, receipt })
    }

    async fn terms(
        &self,
        spec: &JobSpec,
        vault: &Vault,
        model: [u8; 32],
    ) -> Result<JobTerms, RequesterError> {
        let now = self.client().chain().info().await?.time.seconds();
        Ok(JobTerms {
            vault: vault.encode().into(),
            workers: spec.workers,
            quorum: spec.quorum,
            tolerance: spec.tolerance,
            dimensions: spec.dimensions,
            price: Uint128::new(spec.price),
            assign_by: now.saturating_add(spec.assign_seconds),
            commit_seconds: spec.commit_seconds,
            reveal_seconds: spec.reveal_seconds,
            finalize_seconds: spec.finalize_seconds,
            model: (&model).into(),
            model_owner: spec.model_owner.clone(),
            data_owner: spec.data_owner.clone(),
        })
    }
}

fn posted_id(receipt: &Receipt) -> Result<u64, ChainError> {
    let kind = format!("wasm-{}", events::POSTED);
    let id = receipt.events_of(&kind).find_map(|event| event.get("job_id")?.parse().ok());
    id.ok_or_else(|| ChainError::Decode {
        what: format!("receipt {}", receipt.hash),
        reason: format!("it has no {kind} event with a job_id"),
    })
}
