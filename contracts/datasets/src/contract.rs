//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::datasets::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::migration;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, dataset, escrow, permission, query};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:datasets";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without data sets.
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
    dataset::instantiate(deps, &msg)
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
    if !matches!(msg, ExecuteMsg::Deposit(_)) {
        nonpayable(&info)?;
    }
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    match msg {
        ExecuteMsg::Deposit(purpose) => escrow::native(deps, &env, &info, purpose),
        ExecuteMsg::Receive(hook) => escrow::receive(deps, &env, info.sender, hook),
        ExecuteMsg::Register { digest, asset, share } => {
            dataset::register(deps, info.sender, digest, asset, share)
        }
        ExecuteMsg::Update { id, share, active } => dataset::update(deps.storage, id, share, active),
        ExecuteMsg::Release { id } => escrow::release(deps, &env, id),
        ExecuteMsg::Refund { id } => escrow::refund(deps, &env, id),
        ExecuteMsg::Withdraw { asset } => escrow::withdraw(deps, &info.sender, asset),
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
        QueryMsg::Dataset { id } => to_json_binary(&query::dataset(deps, id)?),
        QueryMsg::Datasets { start_after, limit } => {
            to_json_binary(&query::datasets(deps, start_after, limit)?)
        }
        QueryMsg::Deposit { id } => to_json_binary(&query::deposit(deps, id)?),
        QueryMsg::Deposits { start_after, limit } => {
            to_json_binary(&query::deposits(deps, start_after, limit)?)
        }
        QueryMsg::Use { dataset_id, source, job_id } => {
            to_json_binary(&query::used(deps, dataset_id, &source, job_id)?)
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
