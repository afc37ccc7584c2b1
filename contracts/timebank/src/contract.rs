//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::timebank::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, account, admin, import, permission, query};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:timebank";
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
    let sender = &info.sender;
    match msg {
        ExecuteMsg::Receive(hook) => admin::receive(deps, &env, &hook),
        ExecuteMsg::Deposit { account, credits } => account::deposit(deps, &env, sender, &account, credits),
        ExecuteMsg::Import { statement, signers, signature } => {
            import::import(deps, &env, &statement, signers, &signature)
        }
        ExecuteMsg::Spend { vault, terms, most } => {
            account::spend(deps.storage, &env, sender, (vault, terms), most)
        }
        ExecuteMsg::Accrue {} => account::accrue(deps.storage, &env),
        ExecuteMsg::SetMeter { meter, per_day } => admin::set_meter(deps, &meter, per_day),
        ExecuteMsg::SetOracles { oracles, threshold } => import::set_oracles(deps, &env, &oracles, threshold),
        ExecuteMsg::ReturnFunds { amount } => admin::return_funds(deps.storage, &env, amount),
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
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Account { address } => to_json_binary(&query::account(deps, &env, &address)?),
        QueryMsg::Totals {} => to_json_binary(&query::totals(deps, &env)?),
        QueryMsg::Meter { address } => to_json_binary(&query::meter(deps, &env, &address)?),
        QueryMsg::Oracles {} => to_json_binary(&query::oracles(deps)?),
        QueryMsg::Host { project, host } => to_json_binary(&query::host(deps, &project, host)?),
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
