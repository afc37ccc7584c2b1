//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::registry::ExecuteMsg;
use bithive_contract_kit::input::expect_token;
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps, Env, Storage};

use crate::state::{CONFIG, JOBS};
use crate::{ContractError, accreditation, committee, relay};

pub(crate) fn authorize(
    deps: Deps<'_>,
    env: &Env,
    sender: &Addr,
    msg: &ExecuteMsg,
) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        (Permission::Token, _) => Ok(expect_token(sender, &CONFIG.load(deps.storage)?.token)?),
        (Permission::Jobs, _) => expect_jobs(deps.storage, sender),
        (Permission::CommitteeMember, ExecuteMsg::PostShareKeys { epoch, .. }) => {
            committee::expect_member(deps.storage, env, sender, *epoch)
        }
        (Permission::EndpointHolder, ExecuteMsg::SetRelay { endpoint, .. }) => {
            relay::expect_holder(deps.storage, env, sender, endpoint)
        }
        (Permission::Accreditor, _) => accreditation::expect_accreditor(deps.storage, sender),
        (other, _) => check(deps.storage, sender, other),
    }
}

fn expect_jobs(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    if JOBS.may_load(storage)?.as_ref() == Some(sender) {
        return Ok(());
    }
    Err(Unauthorized::new(sender, "the jobs contract").into())
}
