//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::checkout::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::migration;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::{ContractError, offer, pay, permission, query, refund};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:checkout";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without offers.
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
    if !matches!(msg, ExecuteMsg::Pay(_) | ExecuteMsg::Refund { .. }) {
        nonpayable(&info)?;
    }
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    match msg {
        ExecuteMsg::Receive(hook) => pay::receive(deps, &env, info.sender, &hook),
        ExecuteMsg::Offer(new) => offer::put(deps, &env, info.sender, new),
        ExecuteMsg::Cancel { id } => offer::cancel(deps.storage, id),
        ExecuteMsg::Pay(payment) => pay::native(deps, &env, &info, payment),
        ExecuteMsg::Refund { receipt } => refund::native(deps.storage, &info, receipt),
        ExecuteMsg::Withdraw { asset } => refund::withdraw(deps, &info.sender, asset),
    }
}

/// Answers one query.
///
/// # Errors
/// An address that is not valid; a price that is asked for where there is none.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    let answer = match msg {
        QueryMsg::Offer { id } => to_json_binary(&query::offer_of(deps, now, id)?),
        QueryMsg::Offers { party, start_after, limit } => {
            to_json_binary(&query::offers(deps, now, party.as_deref(), start_after, limit)?)
        }
        QueryMsg::Quote { id } => to_json_binary(&query::quote(deps, id)?),
        QueryMsg::Receipt { id } => to_json_binary(&query::receipt_of(deps, id)?),
        QueryMsg::Payment { payer, asset, key } => {
            to_json_binary(&query::payment(deps, &payer, asset, &key)?)
        }
        QueryMsg::Receipts { of, start_after, limit } => {
            to_json_binary(&query::receipts(deps, &of, start_after, limit)?)
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
