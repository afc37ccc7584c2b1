//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::staking::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, admin, permission, query, receive, reward, slash, stake, unbond};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:staking";
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
    let sender = &info.sender;
    match msg {
        ExecuteMsg::Receive(hook) => receive::receive(deps, &env, &hook),
        ExecuteMsg::SetCapacity { tera } => admin::set_capacity(deps.storage, sender, tera),
        ExecuteMsg::SetCommission { commission_bps } => {
            admin::set_commission(deps.storage, sender, commission_bps)
        }
        ExecuteMsg::Lock { shares } => stake::lock(deps, &env, sender, shares),
        ExecuteMsg::Unlock { node, id } => unbond::unlock(deps, &env, &node, id),
        ExecuteMsg::Unbond { node, shares } => unbond::unbond(deps, &env, sender, &node, shares),
        ExecuteMsg::Withdraw { id } => unbond::withdraw(deps.storage, &env, id),
        ExecuteMsg::ClaimRewards { node, delegator } => reward::claim(deps, &env, &node, &delegator),
        ExecuteMsg::Compound { node } => reward::compound(deps, &env, sender, &node),
        ExecuteMsg::Slash { node, amount, reason } => slash::slash(deps, &env, &node, amount, &reason),
        ExecuteMsg::SetSlasher { slasher, allowed } => admin::set_slasher(deps, &slasher, allowed),
        ExecuteMsg::SetPaused { paused } => Ok(pause::set(deps.storage, paused, Event::Paused { paused })?),
        ExecuteMsg::ApplySetting { id } => {
            let (setting, applied) = delay::take(deps.storage, &env, id)?;
            Ok(run(deps, env, info, setting)?.add_event(applied))
        }
        ExecuteMsg::CancelSetting { id } => Ok(delay::cancel(deps.storage, id)?),
        ExecuteMsg::TransferOwnership { new_owner } => Ok(ownership::propose(deps, &env, sender, new_owner)?),
        ExecuteMsg::AcceptOwnership {} => Ok(ownership::accept(deps, &env, sender)?),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid; too many nodes at once.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Node { node } => to_json_binary(&query::node(deps, &env, &node)?),
        QueryMsg::Locks { node, start_after, limit } => {
            to_json_binary(&query::locks(deps, &node, start_after, limit)?)
        }
        QueryMsg::Delegation { node, delegator } => {
            to_json_binary(&query::delegation(deps, &env, &node, &delegator)?)
        }
        QueryMsg::Delegations { delegator, start_after, limit } => {
            to_json_binary(&query::delegations(deps, &env, &delegator, start_after.as_deref(), limit)?)
        }
        QueryMsg::Unbondings { delegator, start_after, limit } => {
            to_json_binary(&query::unbondings(deps, &delegator, start_after, limit)?)
        }
        QueryMsg::VotingPower { delegator, nodes, height } => {
            to_json_binary(&query::voting_power(deps, &delegator, &nodes, height)?)
        }
        QueryMsg::TotalPower { height } => to_json_binary(&query::total_power(deps, height)?),
        QueryMsg::Totals {} => to_json_binary(&query::totals(deps)?),
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
