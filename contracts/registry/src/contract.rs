//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::registry::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, ownership, pause};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::state::Grant;
use crate::{
    ContractError, absence, accreditation, admin, bond, candidates, committee, election, permission, query,
    record, register, relay,
};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:registry";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the registry.
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
/// [`ContractError`], naming what was wrong with `msg`.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    permission::authorize(deps.as_ref(), &env, &info.sender, &msg)?;
    if admin::waits(deps.as_ref(), &env, &msg)? {
        return Ok(delay::schedule(deps.storage, &env, &msg)?);
    }
    run(deps, env, info, msg)
}

/// Runs a message that its sender may send, now.
fn run(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::Receive(hook) => register::receive(deps, &env, hook),
        ExecuteMsg::Unbond {} => bond::unbond(deps, &env, &info.sender),
        ExecuteMsg::WithdrawBond { address } => bond::withdraw(deps, &env, &address),
        ExecuteMsg::Slash { node, amount, reason, job_id } => {
            bond::slash(deps, &node, amount, reason, job_id)
        }
        ExecuteMsg::Record { job_id, outcomes } => record::record(deps, job_id, &outcomes),
        ExecuteMsg::Declare { capability } => record::declare(deps, &info.sender, capability),
        ExecuteMsg::Stand { endpoint } => candidates::stand(deps, &env, &info.sender, endpoint),
        ExecuteMsg::Retire {} => candidates::retire(deps.storage, &info.sender),
        ExecuteMsg::Elect {} => election::elect(deps, &env),
        ExecuteMsg::TakeSeat {} => absence::take_seat(deps.storage, &info.sender),
        ExecuteMsg::ReportAbsent { address } => absence::report(deps, &env, &address),
        ExecuteMsg::SetElection { election } => election::set(deps.storage, election),
        ExecuteMsg::SetPaused { paused } => Ok(pause::set(deps.storage, paused, Event::Paused { paused })?),
        ExecuteMsg::SetJobs { jobs } => admin::set_jobs(deps, &jobs),
        ExecuteMsg::SetCommittee { members, threshold, from_epoch } => {
            committee::set(deps, &env, members, threshold, from_epoch)
        }
        ExecuteMsg::PostShareKeys { epoch, digest } => {
            committee::post_share_keys(deps.storage, &env, &info.sender, epoch, &digest)
        }
        ExecuteMsg::SetRelay { endpoint, relay } => relay::set(deps.storage, &info.sender, &endpoint, relay),
        ExecuteMsg::CommitAttributes { commitment } => {
            accreditation::commit(deps, &env, &info.sender, commitment)
        }
        ExecuteMsg::SetAccreditation { accreditors, required } => {
            accreditation::set(deps, &accreditors, &required)
        }
        ExecuteMsg::RemoveAccreditor { accreditor } => accreditation::remove(deps, &accreditor),
        ExecuteMsg::Accredit { node, commitment, attributes, until } => {
            let grant = Grant { commitment, attributes, until };
            accreditation::accredit(deps, &env, &info.sender, &node, grant)
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
/// An address or an endpoint that is not valid; too many slots at once.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Node { address } => to_json_binary(&query::node(deps, &address)?),
        QueryMsg::NodesAt { slots } => to_json_binary(&query::nodes_at(deps, &slots)?),
        QueryMsg::Nodes { start_after, limit } => to_json_binary(&query::nodes(deps, start_after, limit)?),
        QueryMsg::Requester { address } => to_json_binary(&query::requester(deps, &address)?),
        QueryMsg::Identity { endpoint } => to_json_binary(&query::identity(deps, &env, &endpoint)?),
        QueryMsg::Relay { endpoint } => to_json_binary(&relay::query(deps, &endpoint)?),
        QueryMsg::Committee { epoch } => to_json_binary(&committee::query(deps, &env, epoch)?),
        QueryMsg::Accreditation {} => to_json_binary(&accreditation::query(deps)?),
        QueryMsg::Accredited { address } => to_json_binary(&accreditation::accredited(deps, &env, &address)?),
        QueryMsg::Performance { address } => to_json_binary(&record::performance(deps, &address)?),
        QueryMsg::Candidates {} => to_json_binary(&candidates::query(deps, &env)?),
        QueryMsg::Duties {} => to_json_binary(&absence::query(deps, &env)?),
        QueryMsg::Paused {} => to_json_binary(&pause::is_paused(deps.storage)?),
        QueryMsg::ShareKeys { epoch } => to_json_binary(&query::share_keys(deps, &env, epoch)?),
        QueryMsg::Settings {} => to_json_binary(&delay::waiting(deps.storage)?),
    };
    Ok(answer?)
}

/// Accepts the state of this contract at this or an earlier version.
///
/// # Errors
/// [`ContractError::Migration`] for another contract's state or a later version, [`ContractError::StoredThreshold`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    env: Env,
    _msg: MigrateMsg,
    _info: MigrateInfo,
) -> Result<Response, ContractError> {
    let response = migration::migrate(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    candidates::migrate(deps.storage)?;
    committee::migrate(deps.storage, &env)?;
    admin::migrate(deps.storage)?;
    Ok(response)
}
