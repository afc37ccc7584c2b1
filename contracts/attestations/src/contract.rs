//! Entry points that accounts call: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::attestations::{ExecuteMsg, InstantiateMsg, PacketKind, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::send::Route;
use crate::{ContractError, admin, permission, query, receive, send};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:attestations";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract, without peers.
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
    match msg {
        ExecuteMsg::AllowPeer(peer) => admin::allow_peer(deps.storage, &peer),
        ExecuteMsg::RemovePeer { connection_id, port_id } => {
            admin::remove_peer(deps.storage, connection_id, port_id)
        }
        ExecuteMsg::Announce { job_id, channel_id, timeout_seconds } => {
            let route = Route { channel_id, timeout_seconds, signature: None };
            send::send(deps, &env, PacketKind::Workers, job_id, route)
        }
        ExecuteMsg::Send { job_id, channel_id, timeout_seconds } => {
            let route = Route { channel_id, timeout_seconds, signature: None };
            send::send(deps, &env, PacketKind::Statement, job_id, route)
        }
        ExecuteMsg::SendSigned { job_id, channel_id, timeout_seconds, signature } => {
            let route = Route { channel_id, timeout_seconds, signature: Some(signature) };
            send::send(deps, &env, PacketKind::Statement, job_id, route)
        }
        ExecuteMsg::Submit { source, job_id, statement } => {
            receive::submit(deps, &env, &source, job_id, statement)
        }
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
/// Storage.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Peers { start_after, limit } => to_json_binary(&query::peers(deps, start_after, limit)?),
        QueryMsg::Channels { start_after, limit } => {
            to_json_binary(&query::channels(deps, start_after, limit)?)
        }
        QueryMsg::Sendings { channel_id, job_id } => {
            to_json_binary(&query::sendings(deps, &channel_id, job_id)?)
        }
        QueryMsg::Workers { source, job_id } => to_json_binary(&query::workers(deps, &source, job_id)?),
        QueryMsg::Attestation { source, job_id } => {
            to_json_binary(&query::attestation(deps, source, job_id)?)
        }
        QueryMsg::Attestations { source, start_after, limit } => {
            to_json_binary(&query::attestations(deps, &source, start_after, limit)?)
        }
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
