//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::rewards::ExecuteMsg;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::check;
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CONFIG, PARTIES};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Token => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        Permission::Party if PARTIES.has(deps.storage, sender) => Ok(()),
        Permission::Party => Err(ContractError::NotParty { sender: sender.into() }),
        other => check(deps.storage, sender, other),
    }
}
