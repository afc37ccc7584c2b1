//! Who may send what, by the table beside the messages.

use bithive_api::oracle::ExecuteMsg;
use bithive_api::permission::Permitted;
use bithive_contract_kit::permission::check;
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    check(deps.storage, sender, msg.permission())
}
