//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::vesting::ExecuteMsg;
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::position;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        // A fake token can only create positions in itself.
        (Permission::Anyone | Permission::AnyToken, _) => Ok(()),
        (Permission::PositionOwner, ExecuteMsg::Transfer { id, .. }) => {
            let owner = position(deps.storage, *id)?.owner;
            if owner == *sender {
                return Ok(());
            }
            Err(Unauthorized::new(sender, format!("the owner of position {id}, {owner}")).into())
        }
        (Permission::Revoker, ExecuteMsg::Revoke { id }) => {
            let revoker = position(deps.storage, *id)?.revoker;
            if revoker.as_ref() == Some(sender) {
                return Ok(());
            }
            let expected = match revoker {
                Some(revoker) => format!("the account that may revoke position {id}, {revoker}"),
                None => format!("nobody: position {id} is final"),
            };
            Err(Unauthorized::new(sender, expected).into())
        }
        (other, _) => refuse(other),
    }
}
