//! Claims: opened, checked against the registry, kept until a round is assigned.

use bithive_api::jobs::{JobResponse, Phase};
use bithive_api::registry::NodeResponse;
use bithive_blindmatch::claim::{Claim, ClaimContext, RequesterKey};
use bithive_blindmatch::vault::MatchKey;
use bithive_exchange::{Message, PeerId, Protocol};
use bithive_payload::{ClaimMessage, Standing, StandingError};

use crate::records::{AcceptedClaim, Claims, claims_name};
use crate::{Requester, RequesterError};

/// A claim that is refused.
#[derive(Debug)]
pub struct RefusedClaim {
    /// Who sent it.
    pub from: PeerId,
    /// The job that it names, if it can be read.
    pub job_id: Option<u64>,
    /// Why it is refused.
    pub reason: RequesterError,
}

/// The claims that arrived for a job.
#[derive(Debug, Default)]
pub struct Collected {
    /// Claims that can be assigned.
    pub accepted: Vec<AcceptedClaim>,
    /// Claims that can't, each with the reason.
    pub refused: Vec<RefusedClaim>,
}

impl Requester {
    /// Reads the claims that arrived. A claim that can't be used is reported and concerns nobody else.
    ///
    /// # Errors
    /// [`RequesterError::State`], or the chain not answering: claims that were read so far are recorded then, the
    /// others wait.
    pub async fn collect(&mut self) -> Result<Collected, RequesterError> {
        let waiting = self.exchange.waiting(Protocol::Claim).await?;
        let (mut collected, mut read) = (Collected::default(), 0);
        let mut outcome = Ok(());
        for message in &waiting {
            outcome = self.collect_one(message, &mut collected).await;
            if outcome.is_err() {
                break;
            }
            read += 1;
        }
        // Only now: what is not recorded comes again.
        self.exchange.discard(Protocol::Claim, waiting.get(..read).unwrap_or_default()).await?;
        outcome.map(|()| collected)
    }

    async fn collect_one(
        &mut self,
        message: &Message,
        collected: &mut Collected,
    ) -> Result<(), RequesterError> {
        let job_id = ClaimMessage::decode(&message.body).map(|claim| claim.job_id);
        match self.check(message).await {
            Ok(claim) => {
                let name = claims_name(claim.job_id, claim.round);
                let mut claims: Claims = self.state.get(&name)?.unwrap_or_default();
                claims.insert(claim.address.clone(), claim.clone());
                self.state.put(&name, &claims)?;
                collected.accepted.push(claim);
            }
            Err(RequesterError::State(error)) => return Err(error.into()),
            // It says nothing about the claim, which waits.
            Err(RequesterError::Chain(error)) if error.is_of_node() => return Err(error.into()),
            Err(reason) => collected.refused.push(RefusedClaim { from: message.from, job_id, reason }),
        }
        Ok(())
    }

    /// Usable claims for the job's next round, cheapest first, then by slot.
    ///
    /// # Errors
    /// [`RequesterError::State`], [`RequesterError::Chain`].
    pub async fn claims(&self, job_id: u64) -> Result<Vec<AcceptedClaim>, RequesterError> {
        let round = self.client().job(job_id).await?.round.saturating_add(1);
        let claims: Claims = self.state.get(&claims_name(job_id, round))?.unwrap_or_default();
        let mut claims: Vec<AcceptedClaim> = claims.into_values().collect();
        claims.sort_by_key(|claim| (claim.ask, claim.slot));
        Ok(claims)
    }

    async fn check(&self, message: &Message) -> Result<AcceptedClaim, RequesterError> {
        let sealed =
            ClaimMessage::decode(&message.body).ok_or_else(|| mismatch("the message is too short"))?;
        let job = self.client().job(sealed.job_id).await?;
        if !matches!(job.phase, Phase::Open | Phase::Disputed) {
            return Err(RequesterError::Phase {
                job_id: job.job_id,
                phase: format!("{:?}", job.phase),
                expected: "claims are taken while it is Open or Disputed",
            });
        }
        let secrets = self.secrets(job.job_id).await?;
        let deployment = self.client().deployment();
        let context = ClaimContext::new(&deployment.chain_id, deployment.jobs(), job.job_id)?;
        let key = RequesterKey::decode(&secrets.requester_key)?;
        let claim = key.open(&context, &MatchKey::from_bytes(secrets.match_key), &sealed.sealed)?;
        self.check_claim(&job, &claim, message.from).await
    }

    /// The MAC shows that the sender satisfies the policy; the registry says who it is, its BLS signature that it
    /// agrees to this job, round and price.
    async fn check_claim(
        &self,
        job: &JobResponse,
        claim: &Claim,
        from: PeerId,
    ) -> Result<AcceptedClaim, RequesterError> {
        let claim = AcceptedClaim {
            job_id: job.job_id,
            round: job.round.saturating_add(1),
            address: claim.address.clone(),
            slot: claim.slot,
            ask: claim.ask,
            consent: Some(claim.consent.to_vec()),
        };
        let node = self.check_standing(job, &claim).await?;
        if node.registration.endpoint.as_slice() != from.0 {
            return Err(mismatch("it was sent by another endpoint than the node's registered one"));
        }
        Ok(claim)
    }

    /// Checks what the market checks when it assigns the node. A node can leave, or change its keys, between its
    /// claim and the assignment, and one such node in a set has the whole assignment refused.
    pub(crate) async fn check_standing(
        &self,
        job: &JobResponse,
        claim: &AcceptedClaim,
    ) -> Result<NodeResponse, RequesterError> {
        let node = self.client().node(&claim.address).await?;
        let node = node.ok_or_else(|| mismatch("its account is not a registered node"))?;
        let standing = Standing {
            jobs: self.client().deployment().jobs_domain(),
            job_id: claim.job_id,
            round: claim.round,
            price: job.terms.price.u128(),
            slot: node.registration.slot,
            bls_key: &node.registration.bls_key,
        };
        standing.check_slot(claim.slot).map_err(refusal)?;
        if !self.client().has_room(&node).await? {
            return Err(mismatch("its node is bound in as many open rounds as its bond covers"));
        }
        let Some(consent) = &claim.consent else { return Ok(node) };
        if !node.eligible {
            return Err(mismatch("its node is not eligible: it is unbonding or its bond is too small"));
        }
        if job.workers.iter().any(|row| row.address.as_str() == claim.address && row.remainder.is_some()) {
            return Err(mismatch("its node can be kept from the failed round, for what is left of its ask"));
        }
        if self.faulted(job)?.contains(&claim.address) {
            return Err(mismatch("its node was at fault in an earlier round of the job"));
        }
        standing.check(&claim.address, claim.slot, claim.ask, consent).map_err(refusal)?;
        Ok(node)
    }
}

fn refusal(error: StandingError) -> RequesterError {
    match error {
        StandingError::Consent(error) => error.into(),
        other => mismatch(&other.to_string()),
    }
}

fn mismatch(reason: &str) -> RequesterError {
    RequesterError::Mismatch { what: "the claim", reason: reason.into() }
}
