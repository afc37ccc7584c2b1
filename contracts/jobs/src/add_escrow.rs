//! `add_escrow`: more for the workers of a job's next round.

use bithive_api::jobs::{Event, Phase, Round};
use bithive_contract_kit::input::positive;
use bithive_contract_kit::ledger::Ledger;
use cosmwasm_std::{DepsMut, Response, StdError, Uint128};

use crate::ContractError;
use crate::ledger::Market;
use crate::state::Job;

/// Adds tokens that came with a hook to a job's escrow.
///
/// # Errors
/// [`ContractError::NoJob`], [`ContractError::WrongPhase`] in a final state, [`ContractError::Input`] for nothing.
pub(crate) fn add_escrow(deps: DepsMut<'_>, job_id: u64, amount: Uint128) -> Result<Response, ContractError> {
    let mut job = Job::load(deps.storage, job_id)?;
    let unfinished = [Phase::Open, Phase::Assigned, Phase::Committed, Phase::Revealed, Phase::Disputed];
    job.expect_phase(&unfinished, "a state that is not final")?;
    positive("amount", amount)?;
    Market.deposit(deps.storage, amount)?;
    job.escrow = job.escrow.checked_add(amount).map_err(StdError::from)?;
    job.save(deps.storage)?;
    let event = Event::EscrowAdded { job_id, round: Round(job.round), amount, escrow: job.escrow };
    Ok(Response::new().add_event(event))
}
