//! `withdraw`: pays out what the sender is owed.

use bithive_api::jobs::Event;
use bithive_contract_kit::token;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::state::CONFIG;
use crate::{ContractError, ledger};

/// Sends everything that the sender is owed. The ledger is written before the token is called, so a token
/// that calls back finds nothing left.
///
/// # Errors
/// [`ContractError::NothingOwed`].
pub(crate) fn withdraw(deps: DepsMut<'_>, info: MessageInfo) -> Result<Response, ContractError> {
    let token = CONFIG.load(deps.storage)?.token;
    let amount = ledger::withdraw(deps.storage, &token, &info.sender)?;
    let message = token::transfer(&token, &info.sender, amount)?;
    let event = Event::Withdrawn { address: info.sender, amount };
    Ok(Response::new().add_event(event).add_message(message))
}
