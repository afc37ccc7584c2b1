//! Answers to queries.

use bithive_api::grants::Basis;
use bithive_api::jobs::{
    Assignment, BatchResponse, ConfigResponse, JobResponse, ModelWork, OutcomeResponse, Phase,
    ReportingResponse, TotalsResponse, UseResponse, VaultResponse, WorkerResponse, limits,
};
use bithive_attest::Members;
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::{input, page};
use bithive_economics::fault;
use cosmwasm_std::{Addr, Deps, HexBinary, Order, StdResult, Storage, Uint128};
use cw_storage_plus::Bound;

use crate::state::{
    BATCHES, Batch, CLAIMABLE, COMMITMENTS, CONFIG, EMISSIONS, FAULTED, GRANTS, JOBS, Job, MODEL_OWNERS,
    MODELS, OPEN_ROUNDS, Outcome, REPORTED, REVEALS, ROUNDS, Revealed, Round, TOTALS, USES, VAULTS, Worker,
};
use crate::{ContractError, bases as named};

/// Parameters and wiring.
///
/// # Errors
/// Storage errors.
pub fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        token: config.token,
        registry: config.registry,
        treasury: config.treasury,
        incentive_pool: config.incentive_pool,
        models: MODEL_OWNERS.may_load(deps.storage)?,
        grants: GRANTS.may_load(deps.storage)?,
        emissions: EMISSIONS.may_load(deps.storage)?,
        split: config.split,
        slash_amount: config.slash_amount,
        slots: config.slots,
        groups: config.groups,
    })
}

/// A job with its terms, current round and outcome.
///
/// # Errors
/// [`ContractError::NoJob`].
pub fn job(deps: Deps<'_>, job_id: u64) -> Result<JobResponse, ContractError> {
    Ok(respond(deps.storage, Job::load(deps.storage, job_id)?)?)
}

/// The vault of a job.
///
/// # Errors
/// [`ContractError::NoJob`].
pub fn vault(deps: Deps<'_>, job_id: u64) -> Result<VaultResponse, ContractError> {
    let vault = VAULTS.may_load(deps.storage, job_id)?.ok_or(ContractError::NoJob { job_id })?;
    Ok(VaultResponse { vault })
}

/// A page of jobs.
///
/// # Errors
/// Storage errors.
pub fn jobs(deps: Deps<'_>, start_after: Option<u64>, limit: Option<u32>) -> StdResult<Vec<JobResponse>> {
    JOBS.range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE))
        .map(|row| respond(deps.storage, row?.1))
        .collect()
}

/// What permits a job to use data.
///
/// # Errors
/// [`ContractError::NoJob`].
pub fn bases(deps: Deps<'_>, job_id: u64) -> Result<Vec<Basis<Addr>>, ContractError> {
    Job::load(deps.storage, job_id)?;
    Ok(named::of(deps.storage, job_id)?)
}

/// A page of the jobs that name data of a subject.
///
/// # Errors
/// An address that is none; storage errors.
pub fn uses(
    deps: Deps<'_>,
    subject: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<UseResponse>, ContractError> {
    let subject = input::address(deps.api, "subject", subject)?;
    USES.prefix(&subject)
        .keys(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE))
        .map(|job_id| {
            let job = Job::load(deps.storage, job_id?)?;
            let mut bases = named::of(deps.storage, job.id)?;
            bases.retain(|basis| *basis.subject() == subject);
            let Job { id: job_id, requester, phase, round, .. } = job;
            Ok(UseResponse { job_id, requester, phase, round, bases })
        })
        .collect()
}

/// What settled several jobs at once.
///
/// # Errors
/// [`ContractError::NoBatch`].
pub fn batch(deps: Deps<'_>, batch: u64) -> Result<BatchResponse, ContractError> {
    let found = BATCHES.may_load(deps.storage, batch)?;
    let Batch { jobs, signature } = found.ok_or(ContractError::NoBatch { batch })?;
    Ok(BatchResponse { jobs, signature })
}

/// What an address may withdraw.
///
/// # Errors
/// An address that is not valid.
pub fn claimable(deps: Deps<'_>, address: &str) -> StdResult<Uint128> {
    let address = deps.api.addr_validate(address)?;
    Ok(CLAIMABLE.may_load(deps.storage, &address)?.unwrap_or_default())
}

/// Rounds that an account is bound in.
///
/// # Errors
/// An address that is not valid.
pub fn open_rounds(deps: Deps<'_>, address: &str) -> StdResult<u32> {
    let address = deps.api.addr_validate(address)?;
    Ok(OPEN_ROUNDS.may_load(deps.storage, &address)?.unwrap_or_default())
}

/// Sums over all jobs.
///
/// # Errors
/// Storage errors.
pub fn totals(deps: Deps<'_>) -> StdResult<TotalsResponse> {
    let totals = TOTALS.load(deps.storage)?;
    Ok(TotalsResponse { escrowed: totals.escrowed, claimable: totals.claimable, jobs: totals.jobs })
}

fn respond(storage: &dyn Storage, job: Job) -> StdResult<JobResponse> {
    let round = ROUNDS.may_load(storage, (job.id, job.round))?;
    let workers = match &round {
        Some(round) => round
            .indexed()
            .map(|(index, worker)| respond_worker(storage, &job, index, worker))
            .collect::<StdResult<_>>()?,
        None => vec![],
    };
    let is_final = matches!(job.phase, Phase::Settled | Phase::Refunded);
    Ok(JobResponse {
        job_id: job.id,
        requester: job.requester,
        phase: job.phase,
        round: job.round,
        deadline: (!is_final).then_some(job.deadline),
        escrow: job.escrow,
        terms: job.terms,
        assignment: round.map(respond_assignment),
        workers,
        outcome: job.outcome.map(respond_outcome),
    })
}

fn respond_assignment(round: Round) -> Assignment {
    Assignment {
        mask: round.mask,
        asks: round.workers.iter().map(|worker| worker.ask).collect(),
        headers: round.headers,
        payload: round.payload,
        input_commitment: round.input_commitment,
        consent: round.consent,
    }
}

fn respond_worker(storage: &dyn Storage, job: &Job, index: u8, worker: &Worker) -> StdResult<WorkerResponse> {
    let key = (job.id, job.round, index);
    let (masked, output): (_, Option<HexBinary>) = match REVEALS.may_load(storage, key)? {
        Some(Revealed { masked, output }) => (Some(masked), Some(output)),
        None => (None, None),
    };
    let stands = job.phase == Phase::Disputed && job.signed.contains(index);
    Ok(WorkerResponse {
        address: worker.address.clone(),
        slot: worker.slot,
        ask: worker.ask,
        bls_key: worker.bls_key.clone(),
        commitment: COMMITMENTS.may_load(storage, key)?,
        masked,
        output,
        in_quorum: job.outcome.as_ref().map(|outcome| outcome.quorum.contains(index)),
        signed: job.phase != Phase::Disputed && job.signed.contains(index),
        barred: FAULTED.has(storage, (job.id, &worker.address)),
        remainder: stands.then(|| fault::remainder(worker.ask.u128()).into()),
    })
}

fn respond_outcome(outcome: Outcome) -> OutcomeResponse {
    OutcomeResponse {
        quorum: outcome.quorum.bits(),
        representative: outcome.representative,
        signature: outcome.signature,
        signers: outcome.signers.map(Members::bits),
        batch: outcome.batch,
    }
}

/// What a run of a model is worth.
///
/// # Errors
/// Storage errors.
pub fn model(deps: Deps<'_>, model: &HexBinary) -> StdResult<Option<ModelWork>> {
    MODELS.may_load(deps.storage, model.as_slice())
}

/// What happens when a job was settled.
///
/// # Errors
/// [`ContractError::NoJob`].
pub fn reporting(deps: Deps<'_>, job_id: u64) -> Result<ReportingResponse, ContractError> {
    let outcome = Job::load(deps.storage, job_id)?.outcome;
    Ok(ReportingResponse {
        emissions: EMISSIONS.may_load(deps.storage)?,
        paused: is_paused(deps.storage)?,
        reported: REPORTED.has(deps.storage, job_id),
        credits: outcome.and_then(|outcome| outcome.worth).map_or(0, |worth| worth.credits),
    })
}
