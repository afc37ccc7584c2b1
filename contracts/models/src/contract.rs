//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::models::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, admin, challenge, consent, permission, query, register};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:models";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without registrations.
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
    let sender = &info.sender;
    match msg {
        ExecuteMsg::Receive(hook) => register::receive(deps, &env, &hook),
        ExecuteMsg::Update { model, card } => register::update(deps, &env, model, card),
        ExecuteMsg::Leave { model } => register::leave(deps.storage, &env, model),
        ExecuteMsg::Rule { model, ruling } => challenge::rule(deps.storage, &env, model, ruling),
        ExecuteMsg::Close { model } => challenge::close(deps.storage, &env, model),
        ExecuteMsg::SetConsent { requester, until } => consent::set(deps, &env, sender, &requester, until),
        ExecuteMsg::Withdraw {} => register::withdraw(deps.storage, sender),
        ExecuteMsg::SetPaused { paused } => Ok(pause::set(deps.storage, paused, Event::Paused { paused })?),
        ExecuteMsg::TransferOwnership { new_owner } => Ok(ownership::propose(deps, &env, sender, new_owner)?),
        ExecuteMsg::AcceptOwnership {} => Ok(ownership::accept(deps, &env, sender)?),
    }
}

/// Answers one query.
///
/// # Errors
/// An address or a digest that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Model { model } => to_json_binary(&query::model(deps, &env, &model)?),
        QueryMsg::Models { start_after, limit } => {
            to_json_binary(&query::models(deps, &env, start_after.as_ref(), limit)?)
        }
        QueryMsg::Receivers { model, requester, data_owner } => {
            to_json_binary(&query::receivers(deps, &env, &model, &requester, data_owner.as_deref())?)
        }
        QueryMsg::Consent { owner, requester } => {
            to_json_binary(&query::consent(deps, &env, &owner, &requester)?)
        }
        QueryMsg::Claimable { account } => to_json_binary(&query::claimable(deps, &account)?),
        QueryMsg::Held {} => to_json_binary(&query::held(deps)?),
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
