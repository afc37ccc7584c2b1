//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::listings::{Event, ExecuteMsg, Hook, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::state::TERMS;
use crate::{ContractError, category, challenge, jury, listing, pay, permission, query, verdict};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:listings";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without categories.
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
    category::instantiate(deps, &env, msg)
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
    if !matches!(msg, ExecuteMsg::List(_) | ExecuteMsg::TopUp { .. } | ExecuteMsg::Challenge(_)) {
        nonpayable(&info)?;
    }
    permission::authorize(deps.as_ref(), &info.sender, &msg)?;
    if category::waits(deps.as_ref(), &env, &msg)? {
        return Ok(delay::schedule(deps.storage, &env, &category::Waiting(&msg))?);
    }
    run(deps, env, info, msg)
}

/// Runs a message that its sender may send, now.
fn run(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::Receive(hook) => pay::receive(deps, &env, info.sender, &hook),
        ExecuteMsg::List(new) => pay::native(deps, &env, &info, Hook::List(new)),
        ExecuteMsg::TopUp { id } => pay::native(deps, &env, &info, Hook::TopUp { id }),
        ExecuteMsg::Challenge(new) => pay::native(deps, &env, &info, Hook::Challenge(new)),
        ExecuteMsg::Update { id, content, terms } => {
            listing::update(deps.storage, id, content.as_ref(), terms)
        }
        ExecuteMsg::Leave { id } => listing::leave(deps.storage, &env, id),
        ExecuteMsg::Rule { id, challenge, upheld } => {
            challenge::rule(deps.storage, &env, id, challenge, upheld)
        }
        ExecuteMsg::Draw { id, signature } => jury::draw(deps, &env, id, &signature),
        ExecuteMsg::Vote { id, challenge, upheld } => {
            jury::vote(deps.storage, &env, &info.sender, id, challenge, upheld)
        }
        ExecuteMsg::Advance { id } => verdict::advance(deps.storage, &env, id),
        ExecuteMsg::Finish { id } => listing::finish(deps.storage, &env, id),
        ExecuteMsg::Slash { id, amount, reason } => {
            listing::slash(deps.storage, &info.sender, id, amount, reason)
        }
        ExecuteMsg::Label { id, label } => listing::label(deps.storage, info.sender, id, label),
        ExecuteMsg::Withdraw { asset } => pay::withdraw(deps, &info.sender, asset),
        ExecuteMsg::Collect { asset } => pay::collect(deps, asset),
        ExecuteMsg::SetCategory { name, category } => category::set(deps, &env, name, &category),
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
    let now = env.block.time.seconds();
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Category { name } => to_json_binary(&query::category(deps, name)?),
        QueryMsg::Categories { start_after, limit } => {
            to_json_binary(&query::categories(deps, start_after.as_deref(), limit)?)
        }
        QueryMsg::Terms { category, terms } => {
            to_json_binary(&TERMS.may_load(deps.storage, (&category, terms))?)
        }
        QueryMsg::Listing { id } => to_json_binary(&query::listing_of(deps, now, id)?),
        QueryMsg::Listings { of, start_after, limit } => {
            to_json_binary(&query::listings(deps, now, of, start_after, limit)?)
        }
        QueryMsg::Labels { id, start_after } => {
            to_json_binary(&query::labels(deps, id, start_after.as_deref())?)
        }
        QueryMsg::Claimable { account, asset } => to_json_binary(&query::claimable(deps, &account, asset)?),
        QueryMsg::Held { asset } => to_json_binary(&query::held(deps, asset)?),
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
