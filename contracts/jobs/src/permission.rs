//! Who may send what, by the table beside the messages.

use bithive_api::jobs::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_api::registry;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CONFIG, Job};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        (Permission::Anyone, _) => Ok(()),
        (Permission::Token, _) => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        (Permission::Governance, _) => expect_governance(deps, sender),
        (Permission::Requester, ExecuteMsg::Cancel { job_id } | ExecuteMsg::Assign { job_id, .. }) => {
            Job::load(deps.storage, *job_id)?.expect_requester(sender)
        }
        // The workers of a job are in its round, the largest record there is. It is read once, by the message's
        // handler, which needs the worker's index: `Round::index_of` returns one for workers only.
        (
            Permission::Worker,
            ExecuteMsg::Commit { .. } | ExecuteMsg::Reveal { .. } | ExecuteMsg::Sign { .. },
        ) => Ok(()),
        (other, _) => refuse(other),
    }
}

fn expect_governance(deps: Deps<'_>, sender: &Addr) -> Result<(), ContractError> {
    let registry = CONFIG.load(deps.storage)?.registry;
    let query = registry::QueryMsg::Config {};
    let owner = deps.querier.query_wasm_smart::<registry::ConfigResponse>(registry, &query)?.owner;
    if owner.as_ref() == Some(sender) {
        return Ok(());
    }
    // The registry's owner can be handed over but not renounced, so there is always one.
    let owner = owner.map(Addr::into_string).unwrap_or_default();
    Err(Unauthorized::new(sender, format!("the registry's owner {owner}")).into())
}
