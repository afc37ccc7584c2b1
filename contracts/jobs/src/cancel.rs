//! `cancel`: the requester withdraws an open job.

use bithive_api::jobs::{Event, Phase, Round};
use cosmwasm_std::{DepsMut, Response};

use crate::state::Job;
use crate::{ContractError, transitions};

/// Refunds a job that nobody works on yet.
///
/// # Errors
/// [`ContractError::Unauthorized`], [`ContractError::WrongPhase`].
pub(crate) fn cancel(deps: DepsMut<'_>, job_id: u64) -> Result<Response, ContractError> {
    let mut job = Job::load(deps.storage, job_id)?;
    job.expect_phase(&[Phase::Open], "Open")?;
    let event = Event::Cancelled { job_id, round: Round(job.round), requester: job.requester.clone() };
    let response = Response::new().add_event(event);
    let response = transitions::refund(deps.storage, &mut job, "cancelled", response)?;
    job.save(deps.storage)?;
    Ok(response)
}
