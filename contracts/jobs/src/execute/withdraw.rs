//! `withdraw`: pays out what the sender is owed.

use bithive_api::jobs::events as names;
use cosmwasm_std::{DepsMut, Event, MessageInfo, Response, WasmMsg, to_json_binary};
use cw20::Cw20ExecuteMsg;

use crate::state::CONFIG;
use crate::{ContractError, ledger};

/// Sends everything that the sender is owed. The ledger is written before the token is called, so a token
/// that calls back finds nothing left.
///
/// # Errors
/// [`ContractError::NothingToWithdraw`].
pub fn withdraw(deps: DepsMut<'_>, info: MessageInfo) -> Result<Response, ContractError> {
    let amount = ledger::withdraw(deps.storage, &info.sender)?;
    let transfer = Cw20ExecuteMsg::Transfer { recipient: info.sender.to_string(), amount };
    let message = WasmMsg::Execute {
        contract_addr: CONFIG.load(deps.storage)?.token.into_string(),
        msg: to_json_binary(&transfer)?,
        funds: vec![],
    };
    let event =
        Event::new(names::WITHDRAWN).add_attribute("address", info.sender).add_attribute("amount", amount);
    Ok(Response::new().add_event(event).add_message(message))
}
