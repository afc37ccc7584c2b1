//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::staking::ExecuteMsg;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CONFIG, SLASHERS};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Token => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        Permission::Slasher if SLASHERS.has(deps.storage, sender) => Ok(()),
        Permission::Slasher => Err(Unauthorized::new(sender, "a slasher that the owner has named").into()),
        other => check(deps.storage, sender, other),
    }
}
