//! Reports of a job to other contracts: work to the emissions, outcomes to the registry.
//!
//! A report is a message of its own, so that it takes effect as a whole or not at all and can't keep a job from being
//! settled. The contract sends it to itself when a job is settled alone; where that was refused, and for jobs that were
//! settled together, anyone sends it.

use bithive_api::emissions;
use bithive_api::jobs::{Event, ExecuteMsg, ModelWork, Phase, Round};
use bithive_api::registry::{self, JobResult, limits};
use bithive_economics::Bps;
use bithive_economics::score::{Diagnosis, trust};
use cosmwasm_std::{
    Addr, CosmosMsg, Empty, Env, Response, StdResult, Storage, SubMsg, WasmMsg, to_json_binary, wasm_execute,
};

use crate::ContractError;
use crate::state::{CONFIG, Config, EMISSIONS, Job, MODELS, REPORTED};

/// Reply id of a report; only refusals are replied to.
pub const REPORT_REPLY: u64 = 2;
/// Reply id of the record of workers that did not commit; only refusals are replied to.
pub const RECORD_REPLY: u64 = 3;
/// Weights of trust, in 1/10,000: data and model, consensus, evidence.
pub const TRUST_WEIGHTS: [u16; 3] = [4_000, 4_000, 2_000];

/// The message that reports a job which was just settled; it may fail.
///
/// # Errors
/// Encoding.
pub fn attempt(env: &Env, job_id: u64) -> StdResult<SubMsg> {
    let report = wasm_execute(&env.contract.address, &ExecuteMsg::Report { job_id }, vec![])?;
    Ok(SubMsg::reply_on_error(report, REPORT_REPLY).with_payload(to_json_binary(&job_id)?))
}

/// Credits the quorum's work and counts it in the registry, once. At most 16 workers and one message for each, and one
/// for all.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::Reported`].
pub fn report(storage: &mut dyn Storage, job_id: u64) -> Result<Response, ContractError> {
    let job = Job::load(storage, job_id)?;
    job.expect_phase(&[Phase::Settled], "Settled")?;
    if REPORTED.has(storage, job_id) {
        return Err(ContractError::Reported { job_id });
    }
    REPORTED.save(storage, job_id, &Empty {})?;
    let (config, round) = (CONFIG.load(storage)?, job.load_round(storage)?);
    let quorum = job.outcome.as_ref().map(|outcome| outcome.quorum).unwrap_or_default();
    let work = MODELS.may_load(storage, job.terms.model.as_slice())?;
    let (credits, trust_bps) = (work.map_or(0, |work| work.credits), trust_in(&job, work)?.get());
    let workers: Vec<&Addr> = quorum.of(&round.workers).map(|worker| &worker.address).collect();
    let result = JobResult::Settled { work: credits, trust_bps };
    let mut messages: Vec<CosmosMsg> = vec![record(&config, job_id, &workers, result)?.into()];
    if let Some(emissions) = EMISSIONS.may_load(storage)?.filter(|_| credits > 0) {
        for worker in workers {
            let credit = emissions::ExecuteMsg::Credit { contributor: worker.to_string(), units: credits };
            messages.push(wasm_execute(&emissions, &credit, vec![])?.into());
        }
    }
    let event = Event::Reported { job_id, round: Round(job.round), credits, trust_bps };
    Ok(Response::new().add_event(event).add_messages(messages))
}

/// Trust score T of the outcome. Quality of the data and confidence of the model are as governance has stated them, 0
/// for an unknown model. Consensus is the quorum's part of all workers, uncertainty the part of workers that did not
/// reveal, and evidence the signers' part of the quorum.
fn trust_in(job: &Job, work: Option<ModelWork>) -> Result<Bps, ContractError> {
    let (quality, confidence) = work.map_or((0, 0), |work| (work.quality_bps, work.confidence_bps));
    let outcome = job.outcome.as_ref();
    let quorum = outcome.map_or(0, |outcome| outcome.quorum.count());
    let signers = outcome.and_then(|outcome| outcome.signers).map_or(0, |signers| signers.count());
    let workers = job.terms.workers.into();
    let diagnosis = Diagnosis {
        quality: Bps::new("quality_bps", quality)?,
        confidence: Bps::new("confidence_bps", confidence)?,
        consensus: part(quorum, workers),
        uncertainty: part(job.revealed.count(), workers).rest(),
        evidence: part(signers, quorum),
    };
    // The weights are constants that sum to the whole.
    Ok(trust(TRUST_WEIGHTS, &diagnosis).unwrap_or_default())
}

/// `part` of `whole` in 1/10,000. Both are at most 16, so nothing saturates.
fn part(part: u32, whole: u32) -> Bps {
    let share = part.min(whole).saturating_mul(10_000).checked_div(whole).unwrap_or_default();
    Bps::new("share", u16::try_from(share).unwrap_or_default()).unwrap_or_default()
}

/// The message that records workers which did not commit; it may fail. None if there are no such workers.
///
/// # Errors
/// Encoding.
pub fn missed(config: &Config, job: &Job, workers: &[&Addr]) -> StdResult<Option<SubMsg>> {
    if workers.is_empty() {
        return Ok(None);
    }
    let record = record(config, job.id, workers, JobResult::Missed)?;
    Ok(Some(SubMsg::reply_on_error(record, RECORD_REPLY).with_payload(to_json_binary(&job.id)?)))
}

fn record(config: &Config, job_id: u64, workers: &[&Addr], result: JobResult) -> StdResult<WasmMsg> {
    let outcome = |node: &&Addr| registry::Outcome { node: node.to_string(), result };
    let outcomes = workers.iter().take(limits::MAX_OUTCOMES).map(outcome).collect();
    wasm_execute(&config.registry, &registry::ExecuteMsg::Record { job_id, outcomes }, vec![])
}

/// Another contract refused a report or a record.
#[must_use]
pub fn refused(reply: u64, job_id: u64, error: Option<String>) -> Response {
    let error = error.filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".into());
    Response::new().add_event(if reply == REPORT_REPLY {
        Event::ReportFailed { job_id, error }
    } else {
        Event::RecordFailed { job_id, error }
    })
}

/// A round has at most as many workers as a record may list.
const _: () = assert!(bithive_api::jobs::limits::MAX_WORKERS as usize <= limits::MAX_OUTCOMES);

/// Whether somebody reported a job, for queries.
///
/// # Errors
/// [`ContractError::NoSuchJob`].
pub fn is_reported(storage: &dyn Storage, job_id: u64) -> Result<bool, ContractError> {
    Job::load(storage, job_id)?;
    Ok(REPORTED.has(storage, job_id))
}
