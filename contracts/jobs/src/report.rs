//! Reports of a job to other contracts: work to the emissions, outcomes to the registry.
//!
//! Work is announced when jobs are settled, all of it in one message, and what each job is worth is fixed then. Whose it is
//! follows in the report: a message of its own, so that it is whole or not at all and nothing of it can keep a job from being
//! settled. The contract sends it to itself when a job is settled alone; where that was refused, and for jobs that were settled
//! together, anyone sends it. Nothing depends on when.

use bithive_api::emissions;
use bithive_api::jobs::{Event, ExecuteMsg, ModelWork, Phase, Round};
use bithive_api::registry::{self, JobResult, limits};
use bithive_attest::Members;
use bithive_economics::Bps;
use bithive_economics::score::{Diagnosis, trust};
use cosmwasm_std::{
    Addr, CosmosMsg, Empty, Env, Response, StdResult, Storage, SubMsg, WasmMsg, to_json_binary, wasm_execute,
};

use crate::ContractError;
use crate::state::{CONFIG, Config, EMISSIONS, Job, MODELS, REFUSED, REPORTED, Worth};

/// Reply id of a report; only refusals are replied to.
pub const REPORT_REPLY: u64 = 2;
/// Reply id of the record of workers that did not commit; only refusals are replied to.
pub const RECORD_REPLY: u64 = 3;
/// Reply id of an announcement of work; only refusals are replied to.
pub const ANNOUNCE_REPLY: u64 = 4;
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

/// The work of jobs that were settled just now, of which `first` is the first: one message to the emissions, which may
/// refuse it; none for no work.
///
/// # Errors
/// Encoding.
pub fn announce(storage: &dyn Storage, first: u64, units: u64) -> StdResult<Option<SubMsg>> {
    let Some(emissions) = EMISSIONS.may_load(storage)?.filter(|_| units > 0) else { return Ok(None) };
    let announce = wasm_execute(emissions, &emissions::ExecuteMsg::Announce { units }, vec![])?;
    Ok(Some(SubMsg::reply_on_error(announce, ANNOUNCE_REPLY).with_payload(to_json_binary(&first)?)))
}

/// The emissions refused work: it is credited to nobody. If it could be announced again, whoever does so would choose its day.
///
/// # Errors
/// Storage.
pub fn work_refused(
    storage: &mut dyn Storage,
    first: u64,
    error: Option<String>,
) -> Result<Response, ContractError> {
    REFUSED.save(storage, first, &Empty {})?;
    Ok(Response::new().add_event(Event::WorkRefused { job_id: first, error: or_unknown(error) }))
}

/// Credits the quorum's work and counts it in the registry, once, as it was fixed when the job was settled. At most 16
/// workers and one message for all to each.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::AlreadyReported`].
pub fn report(storage: &mut dyn Storage, job_id: u64) -> Result<Response, ContractError> {
    let job = Job::load(storage, job_id)?;
    job.expect_phase(&[Phase::Settled], "Settled")?;
    if REPORTED.has(storage, job_id) {
        return Err(ContractError::AlreadyReported { job_id });
    }
    REPORTED.save(storage, job_id, &Empty {})?;
    let (config, round) = (CONFIG.load(storage)?, job.load_round(storage)?);
    let outcome = job.outcome.as_ref();
    let quorum = outcome.map(|outcome| outcome.quorum).unwrap_or_default();
    let Worth { at, credits, trust_bps, announced } = match outcome.and_then(|outcome| outcome.worth) {
        Some(worth) => worth,
        None => settled_earlier(storage, &job, quorum)?,
    };
    let workers: Vec<&Addr> = quorum.of(&round.workers).map(|worker| &worker.address).collect();
    let result = JobResult::Settled { work: credits, trust_bps };
    let mut messages: Vec<CosmosMsg> = vec![record(&config, job_id, &workers, result)?.into()];
    let first = outcome.and_then(|outcome| outcome.batch).unwrap_or(job_id);
    let emissions = EMISSIONS.may_load(storage)?.filter(|_| announced && !REFUSED.has(storage, first));
    if let Some(emissions) = emissions {
        let contributors = workers.iter().map(ToString::to_string).collect();
        let credit = emissions::ExecuteMsg::CreditAnnounced { at, contributors, units: credits };
        messages.push(wasm_execute(emissions, &credit, vec![])?.into());
    }
    let event = Event::Reported { job_id, round: Round(job.round), credits, trust_bps };
    Ok(Response::new().add_event(event).add_messages(messages))
}

/// What a job is worth that an earlier version settled, which kept nothing: its work was not announced and is credited to
/// nobody.
fn settled_earlier(storage: &dyn Storage, job: &Job, quorum: Members) -> Result<Worth, ContractError> {
    let signers = job.outcome.as_ref().and_then(|outcome| outcome.signers).unwrap_or_default();
    let model = MODELS.may_load(storage, job.terms.model.as_slice())?;
    Ok(Worth { trust_bps: trust_in(job, quorum, signers, model)?.get(), ..Worth::default() })
}

/// T of the outcome. Data and model are as governance has measured them, nothing for an unknown model; the workers agree as
/// far as they are in the quorum, are uncertain as far as they did not reveal, and the evidence is who of the quorum signed.
///
/// # Errors
/// [`ContractError::Share`], for numbers that governance could not have set.
pub fn trust_in(
    job: &Job,
    quorum: Members,
    signers: Members,
    work: Option<ModelWork>,
) -> Result<Bps, ContractError> {
    let (quality, confidence) = work.map_or((0, 0), |work| (work.quality_bps, work.confidence_bps));
    let workers = job.terms.workers.into();
    let diagnosis = Diagnosis {
        quality: Bps::new("quality_bps", quality)?,
        confidence: Bps::new("confidence_bps", confidence)?,
        consensus: part(quorum.count(), workers),
        uncertainty: part(job.revealed.count(), workers).rest(),
        evidence: part(signers.count(), quorum.count()),
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
    let error = or_unknown(error);
    Response::new().add_event(if reply == REPORT_REPLY {
        Event::ReportFailed { job_id, error }
    } else {
        Event::RecordFailed { job_id, error }
    })
}

/// Whether somebody reported a job, for queries.
///
/// # Errors
/// [`ContractError::NoJob`].
pub fn is_reported(storage: &dyn Storage, job_id: u64) -> Result<bool, ContractError> {
    Job::load(storage, job_id)?;
    Ok(REPORTED.has(storage, job_id))
}

fn or_unknown(error: Option<String>) -> String {
    error.filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".into())
}

/// The workers of a round are at most what a record takes, and a message to the emissions.
const _: () = assert!(bithive_api::jobs::limits::MAX_WORKERS as usize <= limits::MAX_OUTCOMES);
const _: () = assert!(bithive_api::jobs::limits::MAX_WORKERS as usize <= emissions::MAX_CONTRIBUTORS);
