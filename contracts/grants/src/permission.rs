//! Who may send what, by the table beside the messages.

use bithive_api::grants::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_api::registry::{QueryMsg, RequesterResponse};
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::REGISTRY;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Anyone => Ok(()),
        Permission::BondedRequester => {
            let registry = REGISTRY.load(deps.storage)?;
            let query = QueryMsg::Requester { address: sender.into() };
            let found: Option<RequesterResponse> = deps.querier.query_wasm_smart(registry, &query)?;
            if found.is_some_and(|requester| requester.eligible) {
                return Ok(());
            }
            Err(Unauthorized::new(sender, "a requester that the registry knows, with its bond").into())
        }
        other => refuse(other),
    }
}
