//! Conditions for settling a job, and what it pays: the rules of `finalize` and `finalize_many`.

use bithive_api::jobs::{Event, Fault, Phase, Round as RoundNumber};
use bithive_attest::{Attested, Domain, Members, Statement};
use bithive_contract_kit::ledger::{Ledger, Release};
use bithive_economics::work;
use cosmwasm_std::{Addr, HexBinary, StdError, StdResult, Storage, SubMsg, Uint128};

use crate::division::Division;
use crate::ledger::{Market, pay_out};
use crate::open_rounds::Ended;
use crate::report::trust_in;
use crate::state::{Config, EMISSIONS, Job, MODELS, Outcome, REVEALS, Round, Worth};
use crate::{ContractError, transitions};

/// A job whose workers agree, with the statement of it that they sign.
pub struct Agreed {
    job: Job,
    round: Round,
    outcome: Outcome,
    message: Vec<u8>,
}

/// A job that may be settled once what was attested is verified.
pub struct Settlement {
    agreed: Agreed,
    signers: Members,
}

/// What settling a job leads to.
pub struct Settled {
    /// What is announced, in order.
    pub events: Vec<Event>,
    /// Slashes of those whose results differ.
    pub slashes: Vec<SubMsg>,
    /// Units of work to be announced.
    pub units: u64,
}

/// What many settlements write together.
#[derive(Default)]
pub struct Written {
    release: Release,
    ended: Ended,
}

impl Written {
    /// Writes it.
    ///
    /// # Errors
    /// Storage errors.
    pub fn write(self, storage: &mut dyn Storage) -> StdResult<()> {
        Market.release(storage, self.release)?;
        self.ended.free(storage)
    }
}

/// What the signers' signature was verified in.
pub enum Evidence {
    /// The statement's own signature.
    Single(HexBinary),
    /// The aggregate of a batch, kept under its first job.
    Batch(u64),
}

impl Agreed {
    /// Loads a job that is ready, with the statement that the contract itself builds from its state: nothing of it is taken
    /// from the sender. A deadline has no effect until someone sends `advance`.
    ///
    /// # Errors
    /// [`ContractError::NoJob`], [`ContractError::WrongPhase`].
    pub fn load(storage: &dyn Storage, domain: Domain<'_>, job_id: u64) -> Result<Self, ContractError> {
        let mut job = Job::load(storage, job_id)?;
        job.expect_phase(&[Phase::Revealed], "Revealed")?;
        let missing = ContractError::WrongPhase { job_id, found: job.phase, expected: "an agreed outcome" };
        let outcome = job.outcome.take().ok_or(missing)?;
        let round = job.load_round(storage)?;
        let message = statement_bytes(storage, domain, &job, &round, &outcome)?;
        Ok(Self { job, round, outcome, message })
    }

    /// The round that they agree in.
    #[must_use]
    pub const fn round(&self) -> &Round {
        &self.round
    }

    /// BLS key of a worker, and what it signs.
    ///
    /// # Errors
    /// There is no such worker.
    pub fn key_and_message(&self, index: u8) -> StdResult<([u8; 48], &[u8])> {
        let worker = self.round.workers.get(usize::from(index));
        let worker = worker.ok_or_else(|| StdError::generic_err("no such worker"))?;
        Ok((worker.bls_key.to_array()?, &self.message))
    }

    /// Refuses signers that are not members of the quorum.
    ///
    /// # Errors
    /// [`ContractError::SignerOutsideQuorum`].
    pub fn expect_members(&self, signers: Members) -> Result<(), ContractError> {
        let quorum = self.outcome.quorum;
        if signers.is_subset(quorum) {
            return Ok(());
        }
        let (signers, quorum) = (signers.bits(), quorum.bits());
        Err(ContractError::SignerOutsideQuorum { job_id: self.job.id, signers, quorum })
    }

    /// The settlement by `signers`, and what has to be verified of it.
    ///
    /// # Errors
    /// [`ContractError::SignerOutsideQuorum`], [`ContractError::TooFewSigners`].
    pub fn settled_by(self, signers: Members) -> Result<(Settlement, Attested), ContractError> {
        self.expect_members(signers)?;
        if signers.count() < u32::from(self.job.terms.quorum) {
            let (found, expected) = (signers.count(), self.job.terms.quorum);
            return Err(ContractError::TooFewSigners { job_id: self.job.id, found, expected });
        }
        let attested = Attested {
            full_key: self.round.full_key.to_array()?,
            absent: signers.absent(keys(&self.round)?).collect(),
            message: self.message.clone(),
        };
        Ok((Settlement { agreed: self, signers }, attested))
    }
}

impl Settlement {
    /// Number of the job.
    #[must_use]
    pub const fn job_id(&self) -> u64 {
        self.agreed.job.id
    }

    /// Pays the quorum, charges who differs, returns the rest of the escrow, fixes what the job is worth, and ends it.
    ///
    /// # Errors
    /// Storage errors.
    pub fn settle(
        self,
        storage: &mut dyn Storage,
        config: &Config,
        now: u64,
        written: &mut Written,
        evidence: Evidence,
    ) -> Result<Settled, ContractError> {
        let Self { agreed: Agreed { mut job, round, outcome, .. }, signers } = self;
        let Divided { payments, lost, mut events, slashes } = divide(config, &job, &round, &outcome)?;
        let escrow = job.escrow;
        let refunded = pay_out(&mut written.release, &mut job, &payments)?;
        written.ended.add(&round);
        let worth = worth(storage, now, &job, &outcome, signers, lost)?;
        let units = if worth.announced { worth.credits } else { 0 };
        let units = units.saturating_mul(outcome.quorum.count().into());
        let (signature, batch) = match evidence {
            Evidence::Single(signature) => (Some(signature), None),
            Evidence::Batch(first) => (None, Some(first)),
        };
        job.phase = Phase::Settled;
        job.outcome =
            Some(Outcome { signature, signers: Some(signers), batch, worth: Some(worth), ..outcome });
        job.save(storage)?;
        let paid = escrow.checked_sub(refunded).map_err(StdError::from)?;
        events.push(Event::Settled { job_id: job.id, round: RoundNumber(job.round), paid, refunded });
        Ok(Settled { events, slashes, units })
    }
}

/// What the quorum signs, from state alone: nothing of it is taken from the sender.
fn statement_bytes(
    storage: &dyn Storage,
    domain: Domain<'_>,
    job: &Job,
    round: &Round,
    outcome: &Outcome,
) -> StdResult<Vec<u8>> {
    let agreed = REVEALS.load(storage, (job.id, job.round, outcome.representative))?;
    let statement = Statement {
        job_id: job.id,
        round: job.round,
        model: &job.terms.model.to_array()?,
        input_commitment: &round.input_commitment.to_array()?,
        output: &agreed.output.to_array()?,
        masked: &agreed.masked,
        workers: &keys(round)?,
        quorum: outcome.quorum.bits(),
    };
    Ok(statement.sign_bytes(domain))
}

fn keys(round: &Round) -> StdResult<Vec<[u8; 48]>> {
    round.workers.iter().map(|worker| worker.bls_key.to_array()).collect()
}

/// What a job pays and takes.
struct Divided {
    payments: Vec<(Addr, Uint128)>,
    /// The treasury's part of what the quorum is paid.
    lost: Uint128,
    events: Vec<Event>,
    slashes: Vec<SubMsg>,
}

/// Credits and trust, as they follow from what holds now.
fn worth(
    storage: &dyn Storage,
    now: u64,
    job: &Job,
    outcome: &Outcome,
    signers: Members,
    lost: Uint128,
) -> Result<Worth, ContractError> {
    let model = MODELS.may_load(storage, job.terms.model.as_slice())?;
    let settled = work::Settled {
        workers: job.terms.workers,
        paid: outcome.quorum.count(),
        work: model.map_or(0, |model| model.credits),
        lost: lost.u128(),
    };
    let credits = settled.credits();
    let trust_bps = trust_in(job, outcome.quorum, signers, model)?.get();
    let announced = credits > 0 && EMISSIONS.exists(storage);
    Ok(Worth { at: now, credits, trust_bps, announced })
}

/// Every member of the quorum is paid its ask, signed or not. A result that is near is paid half; one that is far costs the
/// requester half as well, and its worker's bond as much.
fn divide(config: &Config, job: &Job, round: &Round, outcome: &Outcome) -> Result<Divided, ContractError> {
    let (mut division, mut lost) = (Division::new(config, job)?, Uint128::zero());
    let (mut events, mut slashes) = (vec![], vec![]);
    for (index, worker) in round.indexed().filter(|(index, _)| job.revealed.contains(*index)) {
        let (job_id, number, address) = (job.id, RoundNumber(job.round), worker.address.clone());
        if outcome.quorum.contains(index) {
            lost = lost.checked_add(division.pay(worker)?).map_err(StdError::from)?;
        } else if outcome.far.contains(index) {
            division.forfeit(worker)?;
            let reason = Fault::OutsideQuorum;
            slashes.extend(transitions::slash(config, job, worker, reason)?);
            events.push(Event::Fault { job_id, round: number, worker: address, reason });
        } else {
            let paid = division.compensate(worker)?;
            events.push(Event::Compensated { job_id, round: number, worker: address, paid });
        }
    }
    Ok(Divided { payments: division.payments(), lost, events, slashes })
}
