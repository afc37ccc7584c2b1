//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::escrow::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::migration;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::payment::coins;
use crate::{ContractError, advance, approve, dispute, fund, open, pay, permission, query, submit};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:escrow";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without agreements.
///
/// # Errors
/// [`ContractError`]: native coins came with the message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    _msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    Ok(Response::new())
}

/// Runs one message.
///
/// # Errors
/// [`ContractError`], naming what was wrong; nothing has changed then.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::Open(_) | ExecuteMsg::Fund { .. }) {
        nonpayable(&info)?;
    }
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    let sender = info.sender.clone();
    match msg {
        ExecuteMsg::Receive(hook) => open::receive(deps, &env, sender, &hook),
        ExecuteMsg::Open(terms) => open::open(deps, &env, coins(&info)?, terms),
        ExecuteMsg::Raise { asset, seconds, terms } => {
            open::raise(deps, &env, sender, asset, (seconds, terms))
        }
        ExecuteMsg::Fund { id } => fund::fund(deps, &env, coins(&info)?, id),
        ExecuteMsg::Submit { id, milestone, evidence } => {
            submit::submit(deps.storage, &env, sender, (id, milestone), evidence)
        }
        ExecuteMsg::Approve { id, milestone } => {
            approve::speak(deps.storage, &env, &sender, (id, milestone), true)
        }
        ExecuteMsg::Reject { id, milestone } => {
            approve::speak(deps.storage, &env, &sender, (id, milestone), false)
        }
        ExecuteMsg::Reveal { id, preimage } => approve::reveal(deps.storage, &env, sender, (id, preimage)),
        ExecuteMsg::Dispute { id, milestone } => {
            dispute::dispute(deps.storage, &env, sender, (id, milestone))
        }
        ExecuteMsg::Rule { id, milestone, payees_bps } => {
            dispute::rule(deps.storage, &env, sender, (id, milestone), payees_bps)
        }
        ExecuteMsg::Decline { id } => submit::decline(deps.storage, id),
        ExecuteMsg::Advance { id } => advance::advance(deps.storage, &env, id),
        ExecuteMsg::Refund { id, contributor } => fund::refund(deps, id, &contributor),
        ExecuteMsg::Withdraw { asset } => pay::withdraw(deps, &sender, asset),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Agreement { id } => to_json_binary(&query::agreement_of(deps, id)?),
        QueryMsg::Agreements { party, start_after, limit } => {
            to_json_binary(&query::agreements(deps, party.as_deref(), start_after, limit)?)
        }
        QueryMsg::Contributions { account, start_after, limit } => {
            to_json_binary(&query::contributions(deps, &account, start_after, limit)?)
        }
        QueryMsg::Claimable { account, asset } => to_json_binary(&query::claimable(deps, &account, asset)?),
        QueryMsg::Held { asset } => to_json_binary(&query::held(deps, asset)?),
    };
    Ok(answer?)
}

/// Accepts the state of this contract at this or an earlier version.
///
/// # Errors
/// [`ContractError::Migration`] for another contract's state or a later version.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    _env: Env,
    _msg: MigrateMsg,
    _info: MigrateInfo,
) -> Result<Response, ContractError> {
    Ok(migration::migrate(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?)
}
