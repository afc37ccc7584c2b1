//! `commit`: a worker binds itself to a result that nobody can read yet.

use bithive_api::jobs::{Event, Phase, Round};
use bithive_contract_kit::input::sized;
use cosmwasm_std::{DepsMut, Env, HexBinary, MessageInfo, Response};

use crate::state::{COMMITMENTS, Job};
use crate::{ContractError, transitions};

/// Stores a commitment; the last one ends the phase at once.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::TooLate`], [`ContractError::Unauthorized`],
/// [`ContractError::AlreadyCommitted`], [`ContractError::Input`].
pub(crate) fn commit(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    job_id: u64,
    commitment: HexBinary,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let mut job = Job::load(deps.storage, job_id)?;
    job.expect_phase(&[Phase::Assigned], "Assigned")?;
    job.expect_in_time(now)?;
    let index = job.load_round(deps.storage)?.index_of(&job, &info.sender)?;
    if job.committed.contains(index) {
        let address = info.sender.into_string();
        return Err(ContractError::AlreadyCommitted { job_id, round: job.round, address });
    }
    let _: [u8; 32] = sized("commitment", &commitment)?;
    COMMITMENTS.save(deps.storage, (job_id, job.round, index), &commitment)?;
    job.committed = job.committed.with(index);
    let event = Event::Commitment { job_id, round: Round(job.round), worker: info.sender };
    let mut response = Response::new().add_event(event);
    if job.committed.count() == u32::from(job.terms.workers) {
        response = transitions::open_reveals(&mut job, now, response);
    }
    job.save(deps.storage)?;
    Ok(response)
}
