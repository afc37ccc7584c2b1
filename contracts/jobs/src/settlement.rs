//! Conditions for settling a job, and what it pays: the rules of `finalize` and `finalize_many`.

use bithive_api::jobs::{Event, Phase, Round as RoundNumber};
use bithive_attest::{Attested, Domain, Members, Statement};
use bithive_contract_kit::ledger::Release;
use bithive_economics::{Parts, Receivers, work};
use cosmwasm_std::{Addr, HexBinary, StdError, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::admin::split_of;
use crate::ledger::pay_out;
use crate::report::trust_in;
use crate::state::{Config, EMISSIONS, Job, MODELS, Outcome, REVEALS, Round, Worth};

/// A job that may be settled once what was attested is verified.
pub struct Settlement {
    job: Job,
    round: Round,
    outcome: Outcome,
    signers: Members,
}

/// What the signers' signature was verified in.
pub enum Evidence {
    /// The statement's own signature.
    Single(HexBinary),
    /// The aggregate of a batch, kept under its first job.
    Batch(u64),
}

impl Settlement {
    /// Loads a job that is ready, if `signers` may settle it, with the statement that the contract itself builds from
    /// its state: nothing of it is taken from the sender. A deadline has no effect until someone sends `advance`.
    ///
    /// # Errors
    /// [`ContractError::NoJob`], [`ContractError::WrongPhase`], [`ContractError::SignerOutsideQuorum`],
    /// [`ContractError::TooFewSigners`].
    pub fn load(
        storage: &dyn Storage,
        domain: Domain<'_>,
        job_id: u64,
        signers: Members,
    ) -> Result<(Self, Attested), ContractError> {
        let mut job = Job::load(storage, job_id)?;
        job.expect_phase(&[Phase::Revealed], "Revealed")?;
        let missing = ContractError::WrongPhase { job_id, found: job.phase, expected: "an agreed outcome" };
        let outcome = job.outcome.take().ok_or(missing)?;
        expect_quorum(&job, outcome.quorum, signers)?;
        let round = job.load_round(storage)?;
        let attested = Attested {
            full_key: round.full_key.to_array()?,
            absent: signers.absent(keys(&round)?).collect(),
            message: statement_bytes(storage, domain, &job, &round, &outcome)?,
        };
        Ok((Self { job, round, outcome, signers }, attested))
    }

    /// Pays the quorum, returns the rest of the escrow, fixes what the job is worth, and ends it. Returns the units of work to
    /// be announced with the event.
    ///
    /// # Errors
    /// Storage errors.
    pub fn settle(
        self,
        storage: &mut dyn Storage,
        config: &Config,
        now: u64,
        release: &mut Release,
        evidence: Evidence,
    ) -> Result<(Event, u64), ContractError> {
        let Self { mut job, round, outcome, signers } = self;
        let Paid { payments, lost } = payments(config, &job, &round, outcome.quorum)?;
        let escrow = job.escrow;
        let refunded = pay_out(release, &mut job, &payments)?;
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
        Ok((Event::Settled { job_id: job.id, round: RoundNumber(job.round), paid, refunded }, units))
    }
}

fn expect_quorum(job: &Job, quorum: Members, signers: Members) -> Result<(), ContractError> {
    if !signers.is_subset(quorum) {
        return Err(ContractError::SignerOutsideQuorum {
            job_id: job.id,
            signers: signers.bits(),
            quorum: quorum.bits(),
        });
    }
    if signers.count() < u32::from(job.terms.quorum) {
        let (found, expected) = (signers.count(), job.terms.quorum);
        return Err(ContractError::TooFewSigners { job_id: job.id, found, expected });
    }
    Ok(())
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

/// What a job pays.
struct Paid {
    payments: Vec<(Addr, Uint128)>,
    /// The part that nobody can be who posted the job: the treasury's. Workers and owners are whom it named, and patients may
    /// be.
    lost: Uint128,
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

/// What each party receives: every member of the quorum is paid its ask, signed or not, and each ask is
/// divided on its own.
fn payments(config: &Config, job: &Job, round: &Round, quorum: Members) -> Result<Paid, ContractError> {
    let split = split_of(&config.split)?;
    let (model_owner, data_owner) = (&job.terms.model_owner, &job.terms.data_owner);
    let receivers = Receivers { model_owner: model_owner.is_some(), data_owner: data_owner.is_some() };
    let mut payments = Vec::with_capacity(round.workers.len());
    let mut shared = Parts::<Uint128>::default();
    for worker in quorum.of(&round.workers) {
        let parts = split.divide(worker.ask.u128(), receivers);
        payments.push((worker.address.clone(), parts.worker.into()));
        add(&mut shared.model_owner, parts.model_owner)?;
        add(&mut shared.data_owner, parts.data_owner)?;
        add(&mut shared.treasury, parts.treasury)?;
        add(&mut shared.incentive_pool, parts.incentive_pool)?;
    }
    payments.extend(model_owner.clone().map(|owner| (owner, shared.model_owner)));
    payments.extend(data_owner.clone().map(|owner| (owner, shared.data_owner)));
    payments.push((config.treasury.clone(), shared.treasury));
    payments.push((config.incentive_pool.clone(), shared.incentive_pool));
    Ok(Paid { payments, lost: shared.treasury })
}

fn add(sum: &mut Uint128, part: u128) -> StdResult<()> {
    *sum = sum.checked_add(part.into())?;
    Ok(())
}
