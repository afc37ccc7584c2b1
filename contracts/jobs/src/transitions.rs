//! What happens when a round ends: faults, the quorum, disputes and refunds. Each function changes the job in
//! memory and the ledger; the caller saves the job.

use bithive_api::jobs::{Event, Fault, Phase, Round, limits};
use bithive_api::registry;
use bithive_attest::{Members, distance, largest_cluster};
use bithive_economics::fault;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Empty, Response, StdResult, Storage, SubMsg, Uint128, to_json_binary, wasm_execute,
};

use crate::division::Division;
use crate::open_rounds::Ended;
use crate::state::{Config, FAULTED, Job, Outcome, REVEALS, Revealed, Worker};
use crate::{ContractError, ledger, report};

/// Reply id of a slash; only refusals are replied to.
pub const SLASH_REPLY: u64 = 1;

/// What a fault costs, in base units of bond; each of them costs the job: no pay, and no later round. Header and payload reach
/// a worker off chain, so the chain can't tell a worker that stays away from one that was given nothing it could open.
/// A worker that commits was given enough, and one that agrees can sign. What differs from the majority is another matter, because
/// the requester chooses the majority: it costs the bond no more than it costs the requester.
#[must_use]
pub fn slashed(config: &Config, worker: &Worker, fault: Fault) -> Uint128 {
    match fault {
        Fault::NoCommitment => Uint128::zero(),
        Fault::NoReveal | Fault::NoSignature => config.slash_amount,
        Fault::OutsideQuorum => fault::outside(worker.ask.u128(), config.slash_amount.u128()).into(),
    }
}

/// Travels with a slash, so that a refusal can be reported without stored state.
#[cw_serde]
pub struct SlashContext {
    /// Number of the job, from 1.
    pub job_id: u64,
    /// Round of the job, from 1.
    pub round: u8,
    /// The node at fault.
    pub worker: Addr,
}

/// Commitments are in: waits for reveals.
pub fn open_reveals(job: &mut Job, now: u64, response: Response) -> Response {
    job.enter(Phase::Committed, now, job.terms.reveal_seconds);
    response.add_event(Event::Committed { job_id: job.id, round: Round(job.round) })
}

/// Bars every worker that `at_fault` selects from the job's later rounds, and slashes it if the fault is one
/// that costs bond.
///
/// # Errors
/// Storage errors. A slash that the registry refuses is reported by an event.
pub fn charge(
    storage: &mut dyn Storage,
    config: &Config,
    job: &Job,
    fault: Fault,
    mut response: Response,
    at_fault: impl Fn(u8) -> bool,
) -> Result<Response, ContractError> {
    let round = job.load_round(storage)?;
    let mut missed = Vec::new();
    for (_, worker) in round.indexed().filter(|(index, _)| at_fault(*index)) {
        FAULTED.save(storage, (job.id, &worker.address), &Empty {})?;
        let (job_id, round, worker_address) = (job.id, Round(job.round), worker.address.clone());
        response = response.add_event(Event::Fault { job_id, round, worker: worker_address, reason: fault });
        if fault == Fault::NoCommitment {
            missed.push(&worker.address);
        }
        response = response.add_submessages(slash(config, job, worker, fault)?);
    }
    Ok(response.add_submessages(report::missed(config, job, &missed)?))
}

/// The message that slashes a worker; none for nothing.
///
/// # Errors
/// Encoding.
pub fn slash(config: &Config, job: &Job, worker: &Worker, fault: Fault) -> StdResult<Option<SubMsg>> {
    let amount = slashed(config, worker, fault);
    if amount.is_zero() {
        return Ok(None);
    }
    let message = registry::ExecuteMsg::Slash {
        node: worker.address.to_string(),
        amount,
        reason: fault.name().to_owned(),
        job_id: job.id,
    };
    let execute = wasm_execute(&config.registry, &message, vec![])?;
    let context = SlashContext { job_id: job.id, round: job.round, worker: worker.address.clone() };
    Ok(Some(SubMsg::reply_on_error(execute, SLASH_REPLY).with_payload(to_json_binary(&context)?)))
}

/// The registry refused a slash.
#[must_use]
pub fn slash_refused(context: SlashContext, error: Option<String>) -> Response {
    let SlashContext { job_id, round, worker } = context;
    let error = error.filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".into());
    Response::new().add_event(Event::SlashFailed { job_id, round: Round(round), worker, error })
}

/// Reveals are in: looks for a quorum within tolerance. Without one nobody is at fault, because there is no evidence of who is
/// wrong; with one, who revealed something else is charged when the job settles.
///
/// # Errors
/// Storage errors.
pub fn evaluate(
    storage: &mut dyn Storage,
    config: &Config,
    job: &mut Job,
    now: u64,
    response: Response,
) -> Result<Response, ContractError> {
    let reveals = revealed_results(storage, job)?;
    let results: Vec<Option<&[u8]>> = reveals.iter().map(|reveal| reveal.as_deref()).collect();
    let agreed = largest_cluster(&results, job.terms.tolerance)
        .filter(|cluster| cluster.size() >= u32::from(job.terms.quorum))
        .and_then(|cluster| Some((u8::try_from(cluster.representative).ok()?, cluster)));
    let Some((representative, cluster)) = agreed else {
        return dispute(storage, config, job, now, "no quorum within tolerance", response);
    };
    let quorum = Members::from_bits(cluster.members);
    let far = far_from(&results, quorum, job.terms.tolerance);
    job.outcome = Some(Outcome {
        quorum,
        far,
        representative,
        signature: None,
        signers: None,
        batch: None,
        worth: None,
    });
    job.enter(Phase::Revealed, now, job.terms.finalize_seconds);
    let (job_id, round) = (job.id, Round(job.round));
    let event = Event::Revealed { job_id, round, quorum: quorum.bits(), representative };
    Ok(response.add_event(event))
}

/// Who revealed something too far from every member of the quorum to be honest noise.
fn far_from(results: &[Option<&[u8]>], quorum: Members, tolerance: u32) -> Members {
    let is_near = |result: &[u8]| {
        let members = quorum.of(results).filter_map(|member| *member);
        members.filter_map(|member| distance(result, member)).any(|found| fault::is_near(found, tolerance))
    };
    let far = results.iter().enumerate().filter(|(_, result)| result.is_some_and(|result| !is_near(result)));
    far.fold(Members::default(), |far, (index, _)| far.with(index))
}

fn revealed_results(storage: &dyn Storage, job: &Job) -> StdResult<Vec<Option<Binary>>> {
    let load = |index| match REVEALS.may_load(storage, (job.id, job.round, index))? {
        Some(Revealed { masked, .. }) => Ok(Some(masked)),
        None => Ok(None),
    };
    (0..job.terms.workers).map(load).collect()
}

/// The round failed: half of their asks for those who revealed and are not at fault; then waits for replacements, or refunds
/// after the last round.
///
/// # Errors
/// Storage errors.
pub fn dispute(
    storage: &mut dyn Storage,
    config: &Config,
    job: &mut Job,
    now: u64,
    reason: &'static str,
    response: Response,
) -> Result<Response, ContractError> {
    job.outcome = None;
    job.signed = Members::default();
    let response = compensate(storage, config, job, response)?;
    if job.round >= limits::MAX_ROUNDS {
        return refund(storage, job, reason, response);
    }
    job.enter(Phase::Disputed, now, job.terms.finalize_seconds);
    let (job_id, round) = (job.id, Round(job.round));
    Ok(response.add_event(Event::Disputed { job_id, round, reason: reason.into() }))
}

/// Ends a failed round for its workers: their bonds are free, and who revealed and is not at fault is paid for it and may be
/// kept.
fn compensate(
    storage: &mut dyn Storage,
    config: &Config,
    job: &mut Job,
    mut response: Response,
) -> Result<Response, ContractError> {
    let round = job.load_round(storage)?;
    let mut ended = Ended::default();
    ended.add(&round);
    ended.free(storage)?;
    let (mut standing, mut division) = (Members::default(), Division::new(config, job)?);
    for (index, worker) in round.indexed().filter(|(index, _)| job.revealed.contains(*index)) {
        if FAULTED.has(storage, (job.id, &worker.address)) {
            continue;
        }
        standing = standing.with(index);
        let (job_id, paid) = (job.id, division.compensate(worker)?);
        let (round, worker) = (Round(job.round), worker.address.clone());
        response = response.add_event(Event::Compensated { job_id, round, worker, paid });
    }
    let payments = division.payments();
    ledger::pay(storage, job, &payments)?;
    job.signed = standing;
    Ok(response)
}

/// Credits the whole escrow to the requester.
///
/// # Errors
/// Storage errors.
pub fn refund(
    storage: &mut dyn Storage,
    job: &mut Job,
    reason: &'static str,
    response: Response,
) -> Result<Response, ContractError> {
    let refunded = ledger::release(storage, job, &[])?;
    job.phase = Phase::Refunded;
    let (job_id, round) = (job.id, Round(job.round));
    Ok(response.add_event(Event::Refunded { job_id, round, refunded, reason: reason.into() }))
}
