//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::emissions::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, admin, permission, query, release, work};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:emissions";
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
    admin::instantiate(deps, &env, &msg)
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
        ExecuteMsg::Credit { contributor, units } => {
            work::credit(deps, &env, &info.sender, &contributor, units)
        }
        ExecuteMsg::Announce { units } => work::announce(deps.storage, &env, &info.sender, units),
        ExecuteMsg::CreditAnnounced { at, contributors, units } => {
            work::credit_announced(deps, &env, &info.sender, at, &contributors, units)
        }
        ExecuteMsg::Claim { contributor } => work::claim(deps, &env, &contributor),
        ExecuteMsg::Release { bucket } => release::release(deps.storage, &env, bucket),
        ExecuteMsg::SetRecipient { bucket, recipient } => {
            release::set_recipient(deps, &env, bucket, &recipient)
        }
        ExecuteMsg::SetMeter { meter, allowed } => admin::set_meter(deps, &meter, allowed),
        ExecuteMsg::SetStaking { staking } => admin::set_staking(deps, staking.as_deref()),
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

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Emission {} => to_json_binary(&query::emission(deps, &env)?),
        QueryMsg::Contributor { address } => to_json_binary(&query::contributor(deps, &env, &address)?),
        QueryMsg::Meter { address } => to_json_binary(&query::meter(deps, &address)?),
        QueryMsg::Day { day } => to_json_binary(&query::day(deps, day)?),
        QueryMsg::Announced { meter, day } => to_json_binary(&query::announced(deps, &meter, day)?),
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
    env: Env,
    _msg: MigrateMsg,
    _info: MigrateInfo,
) -> Result<Response, ContractError> {
    let response = migration::migrate(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    release::migrate(deps.storage, &env)?;
    Ok(response)
}
