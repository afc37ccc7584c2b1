//! Who may send what, by the table beside the messages.

use bithive_api::flows::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::flow;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        // Any token may be deposited; what a flow pays in is the token that its deposit came from.
        (Permission::Anyone | Permission::AnyToken, _) => Ok(()),
        (Permission::Payee, ExecuteMsg::Transfer { id, .. }) => {
            let payee = flow(deps.storage, *id)?.payee;
            if payee == *sender {
                return Ok(());
            }
            Err(Unauthorized::new(sender, format!("the payee of flow {id}, {payee}")).into())
        }
        (Permission::FlowParty, ExecuteMsg::Close { id }) => {
            let flow = flow(deps.storage, *id)?;
            if [&flow.payer, &flow.payee].contains(&sender) {
                return Ok(());
            }
            let expected = format!("the payer or payee of flow {id}, {} or {}", flow.payer, flow.payee);
            Err(Unauthorized::new(sender, expected).into())
        }
        (other, _) => refuse(other),
    }
}
