//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::randomness::ExecuteMsg;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::refuse;
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::CONFIG;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Anyone => Ok(()),
        Permission::Token => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        other => refuse(other),
    }
}
