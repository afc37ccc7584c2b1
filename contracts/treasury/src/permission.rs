//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::treasury::ExecuteMsg;
use bithive_contract_kit::permission::check;
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        // A token that there is no offer for is refused by the hook's message.
        Permission::AnyToken => Ok(()),
        other => check(deps.storage, sender, other),
    }
}
