//! Assigning: exactly the chosen nodes get the input's key.

use std::collections::BTreeSet;

use bithive_api::jobs::{Assignment, ExecuteMsg, JobResponse, Phase};
use bithive_attest::bls;
use bithive_audit::{Act, Outcome};
use bithive_chain::Receipt;
use bithive_client::worth_keeping;
use bithive_dgkbe::GroupedSet;
use bithive_dgkbe::dem::{DemError, Sealer, sealed_len};
use bithive_dgkbe::envelope::{Addressed, EnvelopeError};
use bithive_dgkbe::kem::Context;
use bithive_dgkbe::keys::encoded_len;
use bithive_exchange::{ContentWriter, PeerId};
use bithive_payload::Input;
use cosmwasm_std::Uint128;

use crate::records::{RoundKey, round_name};
use crate::{AcceptedClaim, Requester, RequesterError};

/// Whom to choose among those that claimed.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Accounts that are passed over.
    pub exclude: BTreeSet<String>,
    /// Most that is added to the escrow if the asks of another round exceed what is left of it, in base units.
    pub most_added: u128,
}

/// An assigned round.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// Number of the round, from 1.
    pub round: u8,
    /// The chosen claims, in slot order.
    pub workers: Vec<AcceptedClaim>,
    /// Slots that joined or left since the requester last sent to their group: point additions that the new set
    /// cost.
    pub changed_slots: usize,
    /// Groups with a worker: headers of the assignment.
    pub headers: usize,
    /// Bytes of all headers.
    pub header_bytes: usize,
    /// Bytes of the encoded set.
    pub mask_bytes: usize,
    /// Bytes of the encrypted input.
    pub payload_bytes: u64,
    /// Receipt of the transaction that assigned it.
    pub receipt: Receipt,
}

impl Requester {
    /// Chooses whom to keep from a failed round and the cheapest usable claims, encrypts the input to exactly those nodes and
    /// posts the assignment.
    ///
    /// Public keys are verified in full before their slots are used. A node is passed over when its key is missing
    /// or malformed, when it can't be assigned any more, and when it was at fault in an earlier round.
    ///
    /// # Errors
    /// [`RequesterError::Phase`], [`RequesterError::Grant`], [`RequesterError::TooFewClaims`], [`RequesterError::Escrow`], or the contract's error.
    pub async fn assign(&mut self, job_id: u64, selection: &Selection) -> Result<Assigned, RequesterError> {
        let job = self.client().job(job_id).await?;
        if !matches!(job.phase, Phase::Open | Phase::Disputed) {
            return Err(RequesterError::Phase {
                job_id,
                phase: format!("{:?}", job.phase),
                expected: "workers are assigned while it is Open or Disputed",
            });
        }
        // The market refuses it too; here nothing was encrypted or paid yet.
        self.client().expect_job_permitted(&job).await?;
        let workers = self.choose(&job, selection).await?;
        self.cover(&job, &workers, selection).await?;
        let groups = self.sender.cache_mut().groups();
        let set = GroupedSet::from_slots(groups, workers.iter().map(|worker| worker.slot))?;
        let changed_slots = self.sender.cache_mut().update(&set)?;
        self.log_job(Act::InputSent, Outcome::Begun, (job_id, None)).await?;
        let (assignment, payload_bytes) = self.encrypt(&job, &set, &workers).await?;
        let (header_bytes, mask_bytes) = (assignment.headers.len(), assignment.mask.len());
        let receipt = self.account.jobs(&ExecuteMsg::Assign { job_id, assignment }).await?;
        self.log_job(Act::InputSent, Outcome::Success, (job_id, None)).await?;
        let round = job.round.saturating_add(1);
        let headers = set.touched().len();
        Ok(Assigned {
            round,
            workers,
            changed_slots,
            headers,
            header_bytes,
            mask_bytes,
            payload_bytes,
            receipt,
        })
    }

    /// Adds to the escrow what the asks exceed it by, if that is allowed.
    async fn cover(
        &self,
        job: &JobResponse,
        workers: &[AcceptedClaim],
        selection: &Selection,
    ) -> Result<(), RequesterError> {
        // Can't saturate: asks are at most the price, and the price of all workers fits.
        let asked = workers.iter().fold(0u128, |sum, worker| sum.saturating_add(worker.ask));
        let missing = asked.saturating_sub(job.escrow.u128());
        if missing > selection.most_added {
            let (job_id, escrow) = (job.job_id, job.escrow.u128());
            return Err(RequesterError::Escrow { job_id, asked, escrow, missing });
        }
        if missing > 0 {
            self.account.add_escrow(job.job_id, missing).await?;
        }
        Ok(())
    }

    async fn choose(
        &mut self,
        job: &JobResponse,
        selection: &Selection,
    ) -> Result<Vec<AcceptedClaim>, RequesterError> {
        let expected = usize::from(job.terms.workers);
        let mut chosen = Vec::with_capacity(expected);
        let round = job.round.saturating_add(1);
        let kept = worth_keeping(job, &selection.exclude).into_iter().map(|worker| AcceptedClaim {
            job_id: job.job_id,
            round,
            address: worker.address.to_string(),
            slot: worker.slot,
            ask: worker.remainder.unwrap_or_default().u128(),
            consent: None,
        });
        for claim in kept.chain(self.claims(job.job_id).await?) {
            if chosen.len() == expected {
                break;
            }
            if selection.exclude.contains(&claim.address) {
                continue;
            }
            match self.learn_key(job, &claim).await {
                Ok(()) => chosen.push(claim),
                // Nothing is known of the node; the next attempt may find it sound.
                Err(error @ (RequesterError::Chain(_) | RequesterError::State(_))) => return Err(error),
                // A node without a sound public key is none that anything can be sent to.
                Err(_) => {}
            }
        }
        if chosen.len() < expected {
            return Err(RequesterError::TooFewClaims {
                job_id: job.job_id,
                round: job.round.saturating_add(1),
                found: chosen.len(),
                expected,
            });
        }
        chosen.sort_by_key(|claim| claim.slot);
        Ok(chosen)
    }

    async fn learn_key(&mut self, job: &JobResponse, claim: &AcceptedClaim) -> Result<(), RequesterError> {
        let mismatch = |reason: &str| RequesterError::Mismatch {
            what: "the node's public key",
            reason: format!("{}: {reason}", claim.address),
        };
        let registration = self.check_standing(job, claim).await?.registration;
        let digest = registration.dgkbe_key_digest.as_slice().try_into();
        let digest = digest.map_err(|_| mismatch("its digest is not 32 bytes"))?;
        let endpoint = registration.endpoint.as_slice().try_into().map(PeerId);
        let endpoint = endpoint.map_err(|_| mismatch("its endpoint is not 32 bytes"))?;
        let file = self.exchange.open(digest, &[endpoint], encoded_len(self.crs.slots())).await?;
        let registered = (registration.dgkbe_key.as_slice(), &digest);
        Ok(self.sender.cache_mut().learn(claim.slot, registered, file, &mut self.rng)?)
    }

    async fn encrypt(
        &mut self,
        job: &JobResponse,
        set: &GroupedSet,
        workers: &[AcceptedClaim],
    ) -> Result<(Assignment, u64), RequesterError> {
        let secrets = self.secrets(job.job_id).await?;
        let input = Input { salt: secrets.salt, policy: secrets.policy.clone(), rows: secrets.rows.clone() };
        let round = job.round.saturating_add(1);
        let context = self.reference(job.job_id, round).context();
        let Addressed { headers, key: shared, sealing } =
            self.sender.address(set, Context(&context), &mut self.rng)?;
        let input_commitment = input.commitment(self.client().deployment().jobs_domain(), job.job_id);
        let payload_bytes = sealed_len(input.encoded_len()).ok_or(EnvelopeError::Dem(DemError::TooLong))?;
        let write: ContentWriter = Box::new(move |target| {
            let mut sealer = Sealer::new(sealing, target);
            input.write_to(&mut sealer)?;
            sealer.finish().map(drop)
        });
        let payload = self.exchange.publish_written(payload_bytes, write).await?;
        // Without the key the output could not be opened: it is recorded before the chain knows of the round.
        self.state.put(&round_name(job.job_id, round, &payload), &RoundKey { shared: *shared.as_bytes() })?;
        let consents = workers.iter().filter_map(|worker| worker.consent.as_ref());
        let consents = consents.map(|consent| consent.as_slice().try_into());
        let consents: Vec<[u8; 96]> = consents.collect::<Result<_, _>>().map_err(|_| {
            RequesterError::Mismatch { what: "a stored consent", reason: "it is not 96 bytes".into() }
        })?;
        let assignment = Assignment {
            mask: set.encode().into(),
            asks: workers.iter().map(|worker| Uint128::new(worker.ask)).collect(),
            headers: headers.into(),
            payload: (&payload).into(),
            input_commitment: (&input_commitment).into(),
            consent: (&bls::aggregate(&consents)?).into(),
        };
        Ok((assignment, payload_bytes))
    }
}
