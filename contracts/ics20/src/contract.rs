//! Entry points that accounts call: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::ics20::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Reply, Response, to_json_binary};

use crate::receive::{self, RECEIVE_REPLY};
use crate::refund::{self, REFUND_REPLY};
use crate::{ContractError, admin, permission, query, send};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:ics20";
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
        ExecuteMsg::Receive(hook) => send::receive(deps, &env, &info.sender, hook),
        ExecuteMsg::Withdraw { token, account } => refund::withdraw(deps, &token, &account),
        ExecuteMsg::SetLimit { token, limit } => admin::set_limit(deps, &token, limit),
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

/// Deals with a payment that a token refused.
///
/// # Errors
/// [`ContractError::UnknownReply`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        RECEIVE_REPLY => receive::unpaid(deps.storage, &reply.payload),
        REFUND_REPLY => refund::unpaid(deps.storage, &reply.payload),
        id => Err(ContractError::UnknownReply(id)),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Limits { start_after, limit } => to_json_binary(&query::limits(deps, start_after, limit)?),
        QueryMsg::Channels { start_after, limit } => {
            to_json_binary(&query::channels(deps, start_after, limit)?)
        }
        QueryMsg::Outstanding { channel_id, token } => {
            to_json_binary(&query::outstanding(deps, &channel_id, &token)?)
        }
        QueryMsg::Owed { token, account } => to_json_binary(&query::owed(deps, &token, &account)?),
        QueryMsg::Held { token } => to_json_binary(&query::held(deps, &token)?),
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
