//! Who may send what, by the table beside the messages.

use bithive_api::ics20::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::check;
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::LIMITS;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        // The contract works with every token that has a limit.
        Permission::Token if LIMITS.has(deps.storage, sender) => Ok(()),
        Permission::Token => Err(ContractError::NotAllowed(sender.into())),
        other => check(deps.storage, sender, other),
    }
}
