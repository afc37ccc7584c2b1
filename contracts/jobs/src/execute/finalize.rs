//! `finalize`: one aggregate signature of the quorum settles the job.

use bithive_api::jobs::{Phase, events as names};
use bithive_attest::{Domain, Statement, host};
use bithive_economics::{Parts, Receivers};
use cosmwasm_std::{Addr, DepsMut, Env, HexBinary, Response, StdResult, Storage, Uint128};

use super::instantiate::split_of;
use crate::members::Members;
use crate::state::{CONFIG, Config, Job, Outcome, REVEALS, Round};
use crate::{ContractError, events, ledger};

/// Verifies the statement that the contract itself builds from its state, pays the quorum and returns the
/// rest of the escrow. It stays open after the deadline until somebody advances the job.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::SignerOutsideQuorum`], [`ContractError::TooFewSigners`],
/// [`ContractError::Bls`].
pub fn finalize(
    deps: DepsMut<'_>,
    env: Env,
    job_id: u64,
    signers: Members,
    signature: HexBinary,
) -> Result<Response, ContractError> {
    let mut job = Job::load(deps.storage, job_id)?;
    job.expect_phase(&[Phase::Revealed], "Revealed")?;
    let missing = ContractError::WrongPhase { job_id, found: job.phase, expected: "an agreed outcome" };
    let outcome = job.outcome.take().ok_or(missing)?;
    expect_quorum(&job, outcome.quorum, signers)?;
    let round = job.load_round(deps.storage)?;
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    let message = statement_bytes(deps.storage, domain, &job, &round, &outcome)?;
    let absent: Vec<[u8; 48]> = (0u8..)
        .zip(keys(&round)?)
        .filter(|(index, _)| !signers.contains(*index))
        .map(|(_, key)| key)
        .collect();
    host::verify_statement(deps.api, &round.full_key.to_array()?, &absent, &message, &signature)?;

    let payments = payments(&CONFIG.load(deps.storage)?, &job, &round, outcome.quorum)?;
    let escrow = job.escrow;
    let refunded = ledger::release(deps.storage, &mut job, &payments)?;
    job.phase = Phase::Settled;
    job.outcome = Some(Outcome { signature: Some(signature), signers: Some(signers), ..outcome });
    job.save(deps.storage)?;
    let event = events::of(names::SETTLED, &job)
        .add_attribute("paid", escrow.checked_sub(refunded).map_err(cosmwasm_std::StdError::from)?)
        .add_attribute("refunded", refunded);
    Ok(Response::new().add_event(event))
}

fn expect_quorum(job: &Job, quorum: Members, signers: Members) -> Result<(), ContractError> {
    if !signers.is_subset(quorum) {
        return Err(ContractError::SignerOutsideQuorum { signers: signers.bits(), quorum: quorum.bits() });
    }
    if signers.count() < u32::from(job.terms.quorum) {
        return Err(ContractError::TooFewSigners { found: signers.count(), expected: job.terms.quorum });
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

/// What each party receives: every member of the quorum is paid its ask, signed or not, and each ask is
/// divided on its own.
fn payments(
    config: &Config,
    job: &Job,
    round: &Round,
    quorum: Members,
) -> Result<Vec<(Addr, Uint128)>, ContractError> {
    let split = split_of(&config.split)?;
    let (model_owner, data_owner) = (&job.terms.model_owner, &job.terms.data_owner);
    let receivers = Receivers { model_owner: model_owner.is_some(), data_owner: data_owner.is_some() };
    let mut payments = Vec::with_capacity(round.workers.len());
    let mut shared = Parts::<Uint128>::default();
    for (_, worker) in round.indexed().filter(|(index, _)| quorum.contains(*index)) {
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
    Ok(payments)
}

fn add(sum: &mut Uint128, part: u128) -> StdResult<()> {
    *sum = sum.checked_add(part.into())?;
    Ok(())
}
