//! `cancel`: the requester withdraws an open job.

use bithive_api::jobs::{Phase, events as names};
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::state::Job;
use crate::{ContractError, events, transitions};

/// Refunds a job that nobody works on yet.
///
/// # Errors
/// [`ContractError::NotTheRequester`], [`ContractError::WrongPhase`].
pub fn cancel(deps: DepsMut<'_>, info: MessageInfo, job_id: u64) -> Result<Response, ContractError> {
    let mut job = Job::load(deps.storage, job_id)?;
    job.expect_requester(&info.sender)?;
    job.expect_phase(&[Phase::Open], "Open")?;
    let event = events::of(names::CANCELLED, &job).add_attribute("requester", &job.requester);
    let response = Response::new().add_event(event);
    let response = transitions::refund(deps.storage, &mut job, "cancelled", response)?;
    job.save(deps.storage)?;
    Ok(response)
}
