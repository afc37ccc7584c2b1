//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::randomness::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::{address, nonpayable, positive, sized};
use bithive_contract_kit::migration;
use bithive_drand::PUBLIC_KEY_BYTES;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Reply, Response, to_json_binary};

use crate::state::{CONFIG, Config};
use crate::{ContractError, beacon, deliver, pay, permission, query, request};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:randomness";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without rounds.
///
/// # Errors
/// [`ContractError`], naming what was wrong with `msg`.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    sized::<PUBLIC_KEY_BYTES>("drand.public_key", &msg.drand.public_key)?;
    positive("drand.period", msg.drand.period.into())?;
    let token = address(deps.api, "token", &msg.token)?;
    CONFIG.save(deps.storage, &Config { token, drand: msg.drand })?;
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
    nonpayable(&info)?;
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    match msg {
        ExecuteMsg::Receive(hook) => request::receive(deps, &env, &hook),
        ExecuteMsg::Request(wish) => request::free(deps, &env, &info.sender, wish),
        ExecuteMsg::Submit { round, signature } => beacon::submit(deps, &info.sender, round, &signature),
        ExecuteMsg::Deliver { requests } => deliver::deliver(deps.storage, &requests),
        ExecuteMsg::Expire { id } => deliver::expire(deps.storage, &env, id),
        ExecuteMsg::Withdraw {} => pay::withdraw(deps.storage, &info.sender),
    }
}

/// Reports how a call has ended.
///
/// # Errors
/// A reply to none of this contract's calls.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(_deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    deliver::called(reply)
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps.storage)?),
        QueryMsg::Beacon { round } => to_json_binary(&query::beacon(deps.storage, round)?),
        QueryMsg::Beacons { before, limit } => to_json_binary(&query::beacons(deps.storage, before, limit)?),
        QueryMsg::Wanted { start_after, limit } => {
            to_json_binary(&query::wanted(deps.storage, start_after, limit)?)
        }
        QueryMsg::Request { id } => to_json_binary(&query::request(deps.storage, id)?),
        QueryMsg::Requests { of, start_after, limit } => {
            to_json_binary(&query::requests(deps, &of, start_after, limit)?)
        }
        QueryMsg::Claimable { account } => to_json_binary(&query::claimable(deps, &account)?),
        QueryMsg::Held {} => to_json_binary(&query::held(deps.storage)?),
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
