//! Who may send what, by the table beside the messages.

use bithive_api::grants::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_api::registry::{QueryMsg, RequesterResponse};
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{REGISTRY, content};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        (Permission::Anyone, _) => Ok(()),
        (Permission::BondedRequester, _) => {
            let registry = REGISTRY.load(deps.storage)?;
            let query = QueryMsg::Requester { address: sender.into() };
            let found: Option<RequesterResponse> = deps.querier.query_wasm_smart(registry, &query)?;
            if found.is_some_and(|requester| requester.eligible) {
                return Ok(());
            }
            Err(Unauthorized::new(sender, "a requester that the registry knows, with its bond").into())
        }
        (
            Permission::ContentGranter,
            ExecuteMsg::Permit { content: digest, .. } | ExecuteMsg::RevokePermit { content: digest, .. },
        ) => {
            let found = content(deps.storage, digest.as_slice())?;
            if found.is_granter(sender) {
                return Ok(());
            }
            let expected =
                format!("the author of the content, {}, or an account that it has named", found.author);
            Err(Unauthorized::new(sender, expected).into())
        }
        (other, _) => refuse(other),
    }
}
