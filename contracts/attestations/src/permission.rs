//! Who may send what, by the table beside the messages. Only the owner has a part of its own: what is sent and submitted
//! is proven by what it carries.

use bithive_api::attestations::ExecuteMsg;
use bithive_api::permission::Permitted;
use bithive_contract_kit::permission::check;
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    check(deps.storage, sender, msg.permission())
}
