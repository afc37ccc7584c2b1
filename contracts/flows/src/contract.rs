//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::flows::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::migration;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, close, open, pay, permission, query};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:flows";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without flows.
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
    if !matches!(msg, ExecuteMsg::Open(_) | ExecuteMsg::TopUp { .. }) {
        nonpayable(&info)?;
    }
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    match msg {
        ExecuteMsg::Receive(hook) => open::receive(deps, &env, info.sender, &hook),
        ExecuteMsg::Open(flow) => open::native(deps, &env, &info, flow),
        ExecuteMsg::TopUp { id, ends } => open::native_top_up(deps, &env, &info, id, ends),
        ExecuteMsg::Settle { id } => pay::settle(deps.storage, &env, id),
        ExecuteMsg::Redeem { vouchers } => pay::redeem(deps, &env, &vouchers),
        ExecuteMsg::Transfer { id, payee } => pay::transfer(deps, &env, id, &payee),
        ExecuteMsg::Close { id } => close::close(deps.storage, &env, &info.sender, id),
        ExecuteMsg::Finish { id } => close::finish(deps.storage, &env, id),
        ExecuteMsg::Withdraw { asset } => pay::withdraw(deps, &info.sender, asset),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    let answer = match msg {
        QueryMsg::Flow { id } => to_json_binary(&query::flow_of(deps, now, id)?),
        QueryMsg::Flows { party, start_after, limit } => {
            to_json_binary(&query::flows(deps, now, party.as_deref(), start_after, limit)?)
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
