//! What a requester keeps of a job.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::jobs::JobResponse;
use bithive_api::jobs::limits::MAX_ROUNDS;
use bithive_blindmatch::DecodeError;
use bithive_blindmatch::vault::Vault;
use bithive_client::faulted;
use bithive_exchange::Digest;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Requester, RequesterError};

/// Secrets and input of a job, by the digest of its vault. Erased when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secrets {
    /// Key K_r of the vault, which a claim's MAC is checked with.
    pub(crate) match_key: [u8; 32],
    /// The HPKE key to which claims are sealed, encoded.
    pub(crate) requester_key: Vec<u8>,
    /// The policy as JSON.
    pub(crate) policy: Vec<u8>,
    /// The rows, encoded.
    pub(crate) rows: Vec<u8>,
    /// Salt of the input, so that every round is about the same commitment.
    pub(crate) salt: [u8; 32],
}

/// A claim whose sender, consent and registration hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedClaim {
    /// Number of the job in its market.
    pub job_id: u64,
    /// The round that it is for, from 1.
    pub round: u8,
    /// The node's account.
    pub address: String,
    /// Its DGKBE slot.
    pub slot: u16,
    /// What it asks, in base units.
    pub ask: u128,
    /// Its BLS signature of consent; none of a worker that is kept from the failed round, which has consented.
    pub(crate) consent: Option<Vec<u8>>,
}

/// Accepted claims of one round, by account.
pub(crate) type Claims = BTreeMap<String, AcceptedClaim>;

/// The output of a settled job, as it was opened: what was paid for stays when its workers are gone. Erased when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct OpenedOutput {
    /// One number for each row, by its bits.
    pub(crate) values: Vec<u32>,
    /// Account of the worker that it came from.
    pub(crate) worker: String,
}

/// The key that an assignment's header carries. Erased when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct RoundKey {
    pub(crate) shared: [u8; 32],
}

/// The name of a vault, encoded in any version, in the records.
pub(crate) fn digest_of(vault: &[u8]) -> String {
    hex::encode(Vault::digest_of(vault))
}

/// Refuses the vault of a job if it is of another version: nodes of this one do not open it, so nobody claims the job.
pub(crate) fn expect_version(job_id: u64, vault: &[u8]) -> Result<(), RequesterError> {
    match Vault::decode(vault) {
        Ok(_) => Ok(()),
        Err(DecodeError::Version { found, expected, .. }) => {
            Err(RequesterError::OtherVersion { job_id, found, expected })
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn secrets_name(digest: &str) -> String {
    format!("vault/{digest}")
}

pub(crate) fn output_name(job_id: u64) -> String {
    format!("output/{job_id}")
}

pub(crate) fn faulted_name(job_id: u64) -> String {
    format!("faulted/{job_id}")
}

pub(crate) fn claims_name(job_id: u64, round: u8) -> String {
    format!("claims/{job_id}/{round}")
}

/// Several assignments of a round may be tried before one is accepted; the payload tells them apart.
pub(crate) fn round_name(job_id: u64, round: u8, payload: &[u8]) -> String {
    round_prefix(job_id, round) + &hex::encode(payload)
}

fn round_prefix(job_id: u64, round: u8) -> String {
    format!("round/{job_id}/{round}/")
}

/// The encrypted input that a name of [`round_name`] is about.
fn payload_of(name: &str, prefix: &str) -> Option<Digest> {
    hex::decode(name.strip_prefix(prefix)?).ok()?.try_into().ok()
}

impl Requester {
    /// Removes what a job that has ended has left, except for its output: input and policy, keys and claims, and the encrypted input.
    /// A crash in between repeats it.
    pub(crate) async fn clear(&self, job_id: u64, digest: &str) -> Result<(), RequesterError> {
        let mut names = vec![secrets_name(digest), faulted_name(job_id)];
        for round in 1..=MAX_ROUNDS {
            names.push(claims_name(job_id, round));
            let prefix = round_prefix(job_id, round);
            for name in self.state.names(&prefix)? {
                if let Some(payload) = payload_of(&name, &prefix)
                    && let Err(error) = self.exchange.remove(payload).await
                {
                    // It goes with the store's own expiry.
                    tracing::warn!(%error, "an encrypted input can't be removed");
                }
                names.push(name);
            }
        }
        Ok(self.state.remove_all(&names)?)
    }

    /// Nodes that were at fault in any failed round of the job. The chain shows the last round only, so each is
    /// recorded before the next one starts.
    pub(crate) fn faulted(&self, job: &JobResponse) -> Result<BTreeSet<String>, RequesterError> {
        let name = faulted_name(job.job_id);
        let known: BTreeSet<String> = self.state.get(&name)?.unwrap_or_default();
        let all: BTreeSet<String> = known.union(&faulted(job)).cloned().collect();
        if all != known {
            self.state.put(&name, &all)?;
        }
        Ok(all)
    }

    pub(crate) async fn secrets(&self, job_id: u64) -> Result<Secrets, RequesterError> {
        let vault = self.client().vault(job_id).await?;
        // The secrets of another version have other fields.
        expect_version(job_id, &vault)?;
        self.state.get(&secrets_name(&digest_of(&vault)))?.ok_or(RequesterError::NotOurs { job_id })
    }

    /// A job of this requester's, and its vault.
    pub(crate) async fn own_job(&self, job_id: u64) -> Result<(JobResponse, Vec<u8>), RequesterError> {
        let job = self.client().job(job_id).await?;
        if job.requester.as_str() != self.account.address() {
            return Err(RequesterError::NotOurs { job_id });
        }
        Ok((job, self.client().vault(job_id).await?))
    }
}
