//! Who may send what, by the table beside the messages.

use bithive_api::datasets::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::dataset;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        // The data set states which token it takes.
        (Permission::Anyone | Permission::AnyToken, _) => Ok(()),
        (Permission::DatasetOwner, ExecuteMsg::Update { id, .. }) => {
            let owner = dataset(deps.storage, *id)?.owner;
            if owner == *sender {
                return Ok(());
            }
            Err(Unauthorized::new(sender, format!("the owner of data set {id}, {owner}")).into())
        }
        (other, _) => refuse(other),
    }
}
