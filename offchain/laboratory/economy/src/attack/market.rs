//! Jobs as their parties play them: each from what the chain shows and its own keys.

use bithive_api::jobs::{
    Assignment, Event, ExecuteMsg, Finalization, Hook, JobResponse, Phase, QueryMsg, Terms,
};
use bithive_attest::{Consent, Domain, JobStatement, Reveal, bls};
use bithive_contracts::Contract;
use bithive_dgkbe::{GroupedSet, Groups};
use cosmwasm_std::{Binary, HexBinary, Uint128};
use sha2::{Digest as _, Sha256};

use super::accounts::{SLOTS, Side};
use super::arena::{Arena, MODEL};
use crate::EconomyError;
use crate::world::{call, events_of, send};

/// Each window of a job, in seconds.
const WINDOW: u64 = 600;
/// Words of a result.
const WORDS: usize = 4;
/// Part of an ask that its worker is paid, in percent: what its work is worth to it.
const WORKER_PERCENT: u128 = 85;

/// What a worker is paid of an ask.
pub(crate) const fn paid(ask: u128) -> u128 {
    ask.saturating_mul(WORKER_PERCENT) / 100
}

/// A job that somebody posts.
#[derive(Clone)]
pub(crate) struct Deal {
    pub(crate) requester: String,
    /// Nodes, in any order.
    pub(crate) workers: Vec<String>,
    pub(crate) quorum: u8,
    /// Most that a worker may ask, in base units of BTT; what each asks that is not among `cheap`.
    pub(crate) ask: u128,
    /// Workers that ask one base unit.
    pub(crate) cheap: Vec<String>,
    /// Digest of the input.
    pub(crate) input: [u8; 32],
    pub(crate) tolerance: u32,
    pub(crate) model: [u8; 32],
    /// Owner of the data.
    pub(crate) data_owner: Option<String>,
}

impl Deal {
    /// A job of all that agree, whose model's work is stated.
    pub(crate) fn new(requester: &str, workers: &[String], quorum: u8, ask: u128) -> Self {
        Self {
            requester: requester.into(),
            workers: workers.to_vec(),
            quorum,
            ask,
            cheap: Vec::new(),
            input: [0x1c; 32],
            tolerance: 2,
            model: MODEL,
            data_owner: None,
        }
    }
}

/// What a worker found: every word of its result is the same.
#[derive(Clone, Copy)]
pub(crate) struct Answer(pub(crate) i32);

impl Answer {
    fn masked(self) -> Vec<u8> {
        self.0.to_le_bytes().repeat(WORDS)
    }

    fn digest(self, tag: &str) -> [u8; 32] {
        Sha256::new().chain_update(tag).chain_update(self.0.to_le_bytes()).finalize().into()
    }
}

/// What every honest worker finds.
pub(crate) const TRUTH: Answer = Answer(1_000);

fn malformed(reason: impl ToString) -> EconomyError {
    EconomyError::Malformed { what: "a job", reason: reason.to_string() }
}

impl Arena {
    pub(crate) fn market(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: self.at(Contract::Jobs) }
    }

    pub(crate) async fn job(&self, job_id: u64) -> Result<JobResponse, EconomyError> {
        self.ask(Contract::Jobs, &QueryMsg::Job { job_id }).await
    }

    /// The hook that posts a deal, and its escrow.
    pub(crate) async fn offer(&self, deal: &Deal) -> Result<(u128, Terms), EconomyError> {
        let workers = u8::try_from(deal.workers.len()).map_err(malformed)?;
        let data_owner = match &deal.data_owner {
            Some(name) => Some(self.address(name)?),
            None => None,
        };
        let terms = Terms {
            workers,
            quorum: deal.quorum,
            tolerance: deal.tolerance,
            dimensions: u16::try_from(WORDS).map_err(malformed)?,
            price: Uint128::new(deal.ask),
            assign_by: self.world.now().await?.saturating_add(WINDOW),
            commit_seconds: WINDOW,
            reveal_seconds: WINDOW,
            finalize_seconds: WINDOW,
            model: HexBinary::from(&deal.model),
            model_owner: None,
            data_owner,
        };
        Ok((deal.ask.saturating_mul(workers.into()), terms))
    }

    /// Posts a job; its number, if the market takes it.
    pub(crate) async fn post(&mut self, deal: &Deal) -> Result<Option<u64>, EconomyError> {
        let (escrow, terms) = self.offer(deal).await?;
        let hook = Hook::Post { vault: vault(), terms: Box::new(terms), bases: vec![] };
        let message = send(self.at(Contract::Token), self.at(Contract::Jobs), escrow, &hook)?;
        let Some(receipt) = self.act(&deal.requester, &[message]).await? else { return Ok(None) };
        let posted =
            events_of(self.at(Contract::Jobs), &[receipt])?.into_iter().find_map(|event| match event {
                Event::Posted { job_id, .. } => Some(job_id),
                _ => None,
            });
        Ok(posted)
    }

    /// Assigns the deal's workers to the next round: with the consent of each that is new, and for what is left of its ask if
    /// it stays from the round before.
    pub(crate) async fn assign(&mut self, job_id: u64, deal: &Deal) -> Result<bool, EconomyError> {
        let before = self.job(job_id).await?;
        let round = before.round.saturating_add(1);
        let mut workers = Vec::new();
        for name in &deal.workers {
            workers.push(self.actor(name)?);
        }
        workers.sort_by_key(|worker| worker.slot);
        let domain = self.market();
        let (mut asks, mut signed) = (Vec::new(), Vec::new());
        for worker in &workers {
            let (account, slot) = (worker.key.address(), worker.slot);
            let kept = before.workers.iter().find(|kept| kept.address.as_str() == account);
            if let Some(remainder) = kept.and_then(|kept| kept.remainder) {
                asks.push(remainder);
                continue;
            }
            let ask = if deal.cheap.contains(&worker.name) { 1 } else { deal.ask };
            asks.push(Uint128::new(ask));
            signed.push(worker.bls.sign(&Consent { job_id, round, account, slot, ask }.sign_bytes(domain)));
        }
        let groups = Groups::new(1, SLOTS).map_err(malformed)?;
        let slots = workers.iter().map(|worker| worker.slot);
        let slots = GroupedSet::from_slots(groups, slots).map_err(malformed)?;
        let assignment = Assignment {
            mask: slots.encode().into(),
            asks,
            headers: vec![0x4e; 128usize.saturating_mul(slots.touched().len())].into(),
            payload: HexBinary::from(&[0x9a; 32]),
            input_commitment: HexBinary::from(&deal.input),
            consent: HexBinary::from(&bls::aggregate(&signed).map_err(malformed)?),
        };
        let message = ExecuteMsg::Assign { job_id, assignment };
        Ok(self.tell(&deal.requester, Contract::Jobs, &message).await?.is_some())
    }

    /// The requester of a deal adds to the escrow of its job.
    pub(crate) async fn add_escrow(
        &mut self,
        job_id: u64,
        deal: &Deal,
        amount: u128,
    ) -> Result<(), EconomyError> {
        let hook = Hook::AddEscrow { job_id };
        self.send(&deal.requester, Contract::Token, Contract::Jobs, amount, &hook).await.map(drop)
    }

    /// Posts a job and assigns its workers; its number, if the market takes both.
    pub(crate) async fn begin(&mut self, deal: &Deal) -> Result<Option<u64>, EconomyError> {
        let Some(job_id) = self.post(deal).await? else { return Ok(None) };
        if self.assign(job_id, deal).await? {
            return Ok(Some(job_id));
        }
        self.tell(&deal.requester, Contract::Jobs, &ExecuteMsg::Cancel { job_id }).await?;
        Ok(None)
    }

    pub(crate) async fn commit(
        &mut self,
        job_id: u64,
        name: &str,
        answer: Answer,
    ) -> Result<bool, EconomyError> {
        let round = self.job(job_id).await?.round;
        let (account, masked) = (self.address(name)?, answer.masked());
        let (output, nonce) = (answer.digest("output"), answer.digest("nonce"));
        let reveal =
            Reveal { job_id, round, account: &account, masked: &masked, output: &output, nonce: &nonce };
        let commitment = HexBinary::from(&reveal.commitment(self.market()));
        let message = ExecuteMsg::Commit { job_id, commitment };
        Ok(self.tell(name, Contract::Jobs, &message).await?.is_some())
    }

    /// Reveals a result.
    pub(crate) async fn reveal(
        &mut self,
        job_id: u64,
        name: &str,
        answer: Answer,
    ) -> Result<bool, EconomyError> {
        let message = ExecuteMsg::Reveal {
            job_id,
            masked: answer.masked().into(),
            output: HexBinary::from(&answer.digest("output")),
            nonce: HexBinary::from(&answer.digest("nonce")),
        };
        Ok(self.tell(name, Contract::Jobs, &message).await?.is_some())
    }

    /// All of these commit and then reveal.
    pub(crate) async fn work(
        &mut self,
        job_id: u64,
        answers: &[(String, Answer)],
    ) -> Result<(), EconomyError> {
        for (name, answer) in answers {
            self.commit(job_id, name, *answer).await?;
        }
        for (name, answer) in answers {
            self.reveal(job_id, name, *answer).await?;
        }
        Ok(())
    }

    /// Bits and signatures of the nodes that sign a job's statement.
    async fn signed(&self, job_id: u64, signers: &[String]) -> Result<(u32, Vec<[u8; 96]>), EconomyError> {
        let job = self.job(job_id).await?;
        let statement = JobStatement::of_job(&job).map_err(malformed)?.sign_bytes(self.market());
        let (mut bits, mut signatures) = (0, Vec::new());
        for name in signers {
            let actor = self.actor(name)?;
            let place = job.workers.iter().position(|worker| worker.address.as_str() == actor.key.address());
            let place = place.and_then(|place| u32::try_from(place).ok());
            bits |= place.and_then(|place| 1u32.checked_shl(place)).unwrap_or_default();
            signatures.push(actor.bls.sign(&statement));
        }
        Ok((bits, signatures))
    }

    /// Settles a job with these signatures; `by` sends it.
    pub(crate) async fn finalize(
        &mut self,
        by: &str,
        job_id: u64,
        signers: &[String],
    ) -> Result<bool, EconomyError> {
        if self.job(job_id).await?.phase != Phase::Revealed {
            return Ok(false);
        }
        let (signers, signatures) = self.signed(job_id, signers).await?;
        let signature = HexBinary::from(&bls::aggregate(&signatures).map_err(malformed)?);
        let message = ExecuteMsg::Finalize { job_id, signers, signature };
        Ok(self.tell(by, Contract::Jobs, &message).await?.is_some())
    }

    /// Settles one job as a batch: it is not reported by itself then.
    pub(crate) async fn finalize_batch(
        &mut self,
        by: &str,
        job_id: u64,
        signers: &[String],
    ) -> Result<bool, EconomyError> {
        let (signers, signatures) = self.signed(job_id, signers).await?;
        let signature = HexBinary::from(&bls::aggregate(&signatures).map_err(malformed)?);
        let message =
            ExecuteMsg::FinalizeMany { statements: vec![Finalization { job_id, signers }], signature };
        Ok(self.tell(by, Contract::Jobs, &message).await?.is_some())
    }

    /// A job from post to settlement, in which everybody does what it should; its number if it settles.
    pub(crate) async fn honest(&mut self, deal: &Deal) -> Result<Option<u64>, EconomyError> {
        let Some(job_id) = self.begin(deal).await? else { return Ok(None) };
        let answers: Vec<_> = deal.workers.iter().map(|name| (name.clone(), TRUTH)).collect();
        self.work(job_id, &answers).await?;
        let settled = self.finalize(&deal.requester, job_id, &deal.workers).await?;
        Ok(settled.then_some(job_id))
    }

    /// Honest members of the quorum publish their signatures, as a node does when nobody has settled the job; the q-th settles it.
    async fn publish(&mut self, job_id: u64) -> Result<(), EconomyError> {
        let members = self.job(job_id).await?.workers.into_iter();
        let members = members.filter(|worker| worker.in_quorum == Some(true) && !worker.signed);
        for member in members {
            let Some(name) = self.honest_name(member.address.as_str()) else { continue };
            if self.job(job_id).await?.phase != Phase::Revealed {
                break;
            }
            let (_, signatures) = self.signed(job_id, std::slice::from_ref(&name)).await?;
            for signature in signatures {
                let message = ExecuteMsg::Sign { job_id, signature: HexBinary::from(&signature) };
                self.tell(&name, Contract::Jobs, &message).await?;
            }
        }
        Ok(())
    }

    /// Name of an honest account.
    fn honest_name(&self, address: &str) -> Option<String> {
        let mut actors = self.actors.values().map(|(actor, _)| actor);
        let found = actors.find(|actor| actor.key.address() == address && actor.side == Side::Honest);
        found.map(|actor| actor.name.clone())
    }

    /// Waits for the deadline of the job's state and takes its exit.
    pub(crate) async fn expire(&mut self, job_id: u64) -> Result<(), EconomyError> {
        if let Some(deadline) = self.job(job_id).await?.deadline {
            self.world.wait_until(deadline.saturating_add(1)).await?;
            let message = call(self.at(Contract::Jobs), &ExecuteMsg::Advance { job_id })?;
            self.act("sponsor", &[message]).await?;
        }
        Ok(())
    }

    /// Takes exits until the job has ended, which it does after three rounds at the latest. Honest workers sign in time.
    pub(crate) async fn end(&mut self, job_id: u64) -> Result<(), EconomyError> {
        for _ in 0..16 {
            match self.job(job_id).await?.phase {
                Phase::Settled | Phase::Refunded => break,
                Phase::Revealed => self.publish(job_id).await?,
                _ => {}
            }
            self.expire(job_id).await?;
        }
        Ok(())
    }

    /// Counts what a settled job of the honest requester is worth to it: what it paid.
    pub(crate) async fn worth(&mut self, job_id: u64) -> Result<(), EconomyError> {
        let job = self.job(job_id).await?;
        if job.phase == Phase::Settled {
            let paid = job.workers.iter().filter(|worker| worker.in_quorum == Some(true));
            let paid = paid.fold(0u128, |sum, worker| sum.saturating_add(worker.ask.u128()));
            self.bought = self.bought.saturating_add(paid);
        }
        Ok(())
    }

    /// Counts the work of honest nodes that revealed in this round of a job: what each of them asked, in the part that workers
    /// are paid. What they are paid is in their accounts.
    pub(crate) async fn count_work(&mut self, job_id: u64) -> Result<(), EconomyError> {
        let job = self.job(job_id).await?;
        for worker in job.workers.iter().filter(|worker| worker.masked.is_some()) {
            let Some(name) = self.honest_name(worker.address.as_str()) else { continue };
            let worth = paid(worker.ask.u128());
            let work = self.work.entry(name).or_default();
            *work = work.saturating_add(worth);
        }
        Ok(())
    }
}

pub(crate) fn vault() -> Binary {
    Binary::from(b"who may take this job on")
}
