//! Who may send what, by the table beside the messages.

use bithive_api::models::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CONFIG, Model};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        (Permission::Token, _) => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        (Permission::ModelOwner, ExecuteMsg::Update { model, .. } | ExecuteMsg::Leave { model }) => {
            let owner = Model::load(deps.storage, model)?.owner;
            if owner == *sender {
                return Ok(());
            }
            Err(Unauthorized::new(sender, format!("the owner of model {}, {owner}", model.to_hex())).into())
        }
        (other, _) => check(deps.storage, sender, other),
    }
}
