//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::rewards::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Reply, Response, from_json, to_json_binary,
};

use crate::{ContractError, admin, permission, propose, query};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:rewards";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract.
///
/// # Errors
/// [`ContractError`], naming what was wrong with `msg`.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    admin::instantiate(deps, &env, msg)
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
    nonpayable(&info)?;
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    if admin::waits(deps.as_ref(), &env, &msg)? {
        return Ok(delay::schedule(deps.storage, &env, &msg)?);
    }
    run(deps, env, info, msg)
}

/// Runs a message that its sender may send, now.
fn run(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::Receive(hook) => admin::receive(deps, &hook),
        ExecuteMsg::Propose { patient, activity, inputs, evidence } => {
            propose::propose(deps, &env, &info.sender, &patient, activity, &inputs, evidence)
        }
        ExecuteMsg::Approve { id } => propose::approve(deps.storage, &env, &info.sender, id),
        ExecuteMsg::Expire { id } => propose::expire(deps.storage, &env, id),
        ExecuteMsg::Collect { source } => admin::collect(deps, &source),
        ExecuteMsg::SetParty { address, role } => admin::set_party(deps, &address, role),
        ExecuteMsg::SetLimits(limits) => admin::set_limits(deps.storage, limits),
        ExecuteMsg::ReturnBudget { amount } => admin::return_budget(deps.storage, amount),
        ExecuteMsg::SetSource { source, allowed } => admin::set_source(deps, &env, &source, allowed),
        ExecuteMsg::SetPaused { paused } => Ok(pause::set(deps.storage, paused, Event::Paused { paused })?),
        ExecuteMsg::ApplySetting { id } => {
            let (setting, applied) = delay::take(deps.storage, &env, id)?;
            Ok(run(deps, env, info, setting)?.add_event(applied))
        }
        ExecuteMsg::CancelSetting { id } => Ok(delay::cancel(deps.storage, id)?),
        ExecuteMsg::TransferOwnership { new_owner } => {
            Ok(ownership::propose(deps, &env, &info.sender, new_owner)?)
        }
        ExecuteMsg::AcceptOwnership {} => Ok(ownership::accept(deps, &env, &info.sender)?),
    }
}

/// Counts what a source has paid.
///
/// # Errors
/// [`ContractError::UnknownReply`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        admin::COLLECT_REPLY => admin::collected(deps, &env, from_json(&reply.payload)?),
        id => Err(ContractError::UnknownReply { id }),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Party { address } => to_json_binary(&query::party(deps, &address)?),
        QueryMsg::Proposal { id } => to_json_binary(&query::proposal(deps, id)?),
        QueryMsg::Proposals { start_after, limit } => {
            to_json_binary(&query::proposals(deps, start_after, limit)?)
        }
        QueryMsg::Patient { address } => to_json_binary(&query::patient(deps, &env, &address)?),
        QueryMsg::Budget {} => to_json_binary(&query::budget(deps, &env)?),
        QueryMsg::Source { address } => to_json_binary(&query::source(deps, &address)?),
        QueryMsg::Settings {} => to_json_binary(&delay::waiting(deps.storage)?),
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
