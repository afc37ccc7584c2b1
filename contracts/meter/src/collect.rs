//! How it becomes credits.

use bithive_api::meter::Event;
use bithive_api::timebank;
use bithive_contract_kit::input::{address, positive};
use cosmwasm_std::{DepsMut, Response, wasm_execute};

use crate::ContractError;
use crate::state::{CONFIG, DUE};

/// Has the time bank give what is due. If it refuses, because of its own bounds or for want of funds, nothing has changed, and it stays
/// due.
pub(crate) fn collect(
    deps: DepsMut<'_>,
    account: &str,
    most: Option<u64>,
) -> Result<Response, ContractError> {
    let account = address(deps.api, "account", account)?;
    let due = DUE.may_load(deps.storage, &account)?.unwrap_or_default();
    let credits = most.map_or(due, |most| most.min(due));
    positive("what is due and asked for, in credits", credits.into())?;
    match due.saturating_sub(credits) {
        0 => DUE.remove(deps.storage, &account),
        left => DUE.save(deps.storage, &account, &left)?,
    }
    let deposit = timebank::ExecuteMsg::Deposit { account: account.to_string(), credits };
    let message = wasm_execute(CONFIG.load(deps.storage)?.timebank, &deposit, vec![])?;
    Ok(Response::new().add_event(Event::Collected { account, credits }).add_message(message))
}
