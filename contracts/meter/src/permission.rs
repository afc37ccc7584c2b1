//! Who may send what, by the table beside the messages.

use bithive_api::meter::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::MEMBERS;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Member => {
            let members = MEMBERS.may_load(deps.storage)?.unwrap_or_default();
            if members.members.contains(sender) {
                return Ok(());
            }
            Err(Unauthorized::new(sender, "a member that the owner has named").into())
        }
        other => check(deps.storage, sender, other),
    }
}
