//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::timebank::ExecuteMsg;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CONFIG, METERS};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Token => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        Permission::Meter if METERS.has(deps.storage, sender) => Ok(()),
        Permission::Meter => Err(Unauthorized::new(sender, "a meter that the owner has named").into()),
        other => check(deps.storage, sender, other),
    }
}
