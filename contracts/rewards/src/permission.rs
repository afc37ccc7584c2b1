//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::rewards::ExecuteMsg;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CONFIG, PARTIES};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Token => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        Permission::Party if PARTIES.has(deps.storage, sender) => Ok(()),
        Permission::Party => Err(not_party(sender).into()),
        other => check(deps.storage, sender, other),
    }
}

pub(crate) fn not_party(sender: &Addr) -> Unauthorized {
    Unauthorized::new(sender, "a party: an account that the owner has given a role")
}
