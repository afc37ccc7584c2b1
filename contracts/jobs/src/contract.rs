//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::jobs::{Event, ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_attest::Members;
use bithive_contract_kit::input::nonpayable;
use bithive_contract_kit::{delay, migration, pause};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Reply, Response, from_json, to_json_binary,
};

use crate::report::{ANNOUNCE_REPLY, RECORD_REPLY, REPORT_REPLY};
use crate::state::Revealed;
use crate::transitions::{SLASH_REPLY, SlashContext};
use crate::{
    ContractError, admin, advance, assign, cancel, commit, finalize, finalize_many, permission, post, query,
    report, reveal, sign, transitions, withdraw,
};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:jobs";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the market.
///
/// # Errors
/// [`ContractError`], naming the parameter.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
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
/// [`ContractError`], naming what was wrong.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut<'_>,
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
fn run(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::Receive(hook) => post::receive(deps, env, hook),
        ExecuteMsg::Cancel { job_id } => cancel::cancel(deps, job_id),
        ExecuteMsg::Assign { job_id, assignment } => assign::assign(deps, env, job_id, assignment),
        ExecuteMsg::Commit { job_id, commitment } => commit::commit(deps, env, info, job_id, commitment),
        ExecuteMsg::Reveal { job_id, masked, output, nonce } => {
            reveal::reveal(deps, env, info, job_id, Revealed { masked, output }, nonce)
        }
        ExecuteMsg::Finalize { job_id, signers, signature } => {
            finalize::finalize(deps, env, job_id, Members::from_bits(signers), signature)
        }
        ExecuteMsg::Sign { job_id, signature } => sign::sign(deps, &env, info, job_id, signature),
        ExecuteMsg::FinalizeMany { statements, signature } => {
            finalize_many::finalize_many(deps, env, &statements, signature)
        }
        ExecuteMsg::Advance { job_id } => advance::advance(deps, env, job_id),
        ExecuteMsg::Report { job_id } => report::report(deps.storage, job_id),
        ExecuteMsg::SetEmissions { emissions } => admin::set_emissions(deps, emissions.as_deref()),
        ExecuteMsg::SetModels { models } => admin::set_models(deps, models.as_deref()),
        ExecuteMsg::SetGrants { grants } => admin::set_grants(deps, grants.as_deref()),
        ExecuteMsg::SetModel { model, work } => admin::set_model(deps, &model, work),
        ExecuteMsg::SetPaused { paused } => Ok(pause::set(deps.storage, paused, Event::Paused { paused })?),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, info),
        ExecuteMsg::ApplySetting { id } => {
            let (setting, applied) = delay::take(deps.storage, &env, id)?;
            Ok(run(deps, env, info, setting)?.add_event(applied))
        }
        ExecuteMsg::CancelSetting { id } => Ok(delay::cancel(deps.storage, id)?),
    }
}

/// Reports what another contract refused; the job goes on.
///
/// # Errors
/// [`ContractError::UnknownReply`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut<'_>, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        SLASH_REPLY => {
            let context: SlashContext = from_json(&reply.payload)?;
            Ok(transitions::slash_refused(context, reply.result.into_result().err()))
        }
        REPORT_REPLY | RECORD_REPLY => {
            let job_id = from_json(&reply.payload)?;
            Ok(report::refused(reply.id, job_id, reply.result.into_result().err()))
        }
        ANNOUNCE_REPLY => {
            let job_id = from_json(&reply.payload)?;
            Ok(report::work_refused(deps.storage, job_id, reply.result.into_result().err())?)
        }
        id => Err(ContractError::UnknownReply { id }),
    }
}

/// Answers one query.
///
/// # Errors
/// [`ContractError::NoJob`]; an address that is not valid.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Job { job_id } => to_json_binary(&query::job(deps, job_id)?),
        QueryMsg::Vault { job_id } => to_json_binary(&query::vault(deps, job_id)?),
        QueryMsg::Jobs { start_after, limit } => to_json_binary(&query::jobs(deps, start_after, limit)?),
        QueryMsg::Bases { job_id } => to_json_binary(&query::bases(deps, job_id)?),
        QueryMsg::Uses { subject, start_after, limit } => {
            to_json_binary(&query::uses(deps, &subject, start_after, limit)?)
        }
        QueryMsg::Batch { batch } => to_json_binary(&query::batch(deps, batch)?),
        QueryMsg::Model { model } => to_json_binary(&query::model(deps, &model)?),
        QueryMsg::Reporting { job_id } => to_json_binary(&query::reporting(deps, job_id)?),
        QueryMsg::Claimable { address } => to_json_binary(&query::claimable(deps, &address)?),
        QueryMsg::OpenRounds { address } => to_json_binary(&query::open_rounds(deps, &address)?),
        QueryMsg::Totals {} => to_json_binary(&query::totals(deps)?),
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
    deps: DepsMut<'_>,
    _env: Env,
    _msg: MigrateMsg,
    _info: MigrateInfo,
) -> Result<Response, ContractError> {
    Ok(migration::migrate(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?)
}
