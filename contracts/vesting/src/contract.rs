//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::vesting::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::migration;
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, StdResult, to_json_binary,
};

use crate::{ContractError, lock, pay, permission, query};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:vesting";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without positions.
///
/// # Errors
/// [`ContractError::Input`] for native coins.
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
    nonpayable(&info)?;
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    match msg {
        ExecuteMsg::Receive(hook) => lock::receive(deps, &env, info.sender, &hook),
        ExecuteMsg::Claim { id } => pay::claim(deps.storage, &env, id),
        ExecuteMsg::Transfer { id, new_owner } => pay::transfer(deps, &env, id, &new_owner),
        ExecuteMsg::Revoke { id } => pay::revoke(deps.storage, &env, &info.sender, id),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Position { id } => to_json_binary(&query::position(deps, &env, id)?),
        QueryMsg::Positions { owner, start_after, limit } => {
            to_json_binary(&query::positions(deps, &env, &owner, start_after, limit)?)
        }
        QueryMsg::Held { token } => to_json_binary(&query::held(deps, &token)?),
    }
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
