//! Entry points: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::MigrateMsg;
use bithive_api::grants::{ExecuteMsg, InstantiateMsg, QueryMsg};
use bithive_contract_kit::input::{address, nonpayable};
use bithive_contract_kit::migration;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Response, to_json_binary};

use crate::content::{self, Registration};
use crate::emergency::{self, Emergency};
use crate::permit::{self, Given};
use crate::state::REGISTRY;
use crate::{ContractError, anchor, check, consent, permission, query};

/// Name in cw2's contract info.
pub const CONTRACT_NAME: &str = "bithive:grants";
/// Version in cw2's contract info.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates the contract.
///
/// # Errors
/// [`ContractError::Input`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    REGISTRY.save(deps.storage, &address(deps.api, "registry", &msg.registry)?)?;
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
    let sender = info.sender;
    match msg {
        ExecuteMsg::Record { digests, expires, signed } => {
            consent::record(deps, &env, sender, &digests, expires, signed.as_ref())
        }
        ExecuteMsg::Revoke { digests, signed } => {
            consent::revoke(deps, &env, sender, &digests, signed.as_ref())
        }
        ExecuteMsg::BreakGlass { subject, reference, reason, text } => {
            emergency::state(deps, &env, sender, Emergency { subject, reference, reason, text })
        }
        ExecuteMsg::AnchorAudit { log, count, head } => {
            anchor::anchor(deps.storage, &env, sender, log, count, head)
        }
        ExecuteMsg::RegisterContent { content, commitment, wrap, granters } => {
            content::register(deps, &env, sender, Registration { content, commitment, wrap, granters })
        }
        ExecuteMsg::Permit { content, readers, purpose, until } => {
            permit::permit(deps, &env, &sender, &content, Given { readers, purpose, until })
        }
        ExecuteMsg::RevokePermit { content, readers } => {
            permit::revoke(deps, &env, &sender, &content, &readers)
        }
    }
}

/// Answers one query.
///
/// # Errors
/// An address or a digest that is none; too many bases.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Check { reader, bases } => to_json_binary(&check::check(deps, &env, &reader, bases)?),
        QueryMsg::Consent { subject, digest } => {
            to_json_binary(&query::consent(deps, &env, &subject, &digest)?)
        }
        QueryMsg::Consents { subject, start_after, limit } => {
            to_json_binary(&query::consents(deps, &env, &subject, start_after, limit)?)
        }
        QueryMsg::BreakGlass { subject, start_after, limit } => {
            to_json_binary(&query::emergencies(deps, &subject, start_after, limit)?)
        }
        QueryMsg::AuditHead { account, log } => to_json_binary(&query::head(deps, &account, &log)?),
        QueryMsg::AuditHeads { account, start_after, limit } => {
            to_json_binary(&query::heads(deps, &account, start_after, limit)?)
        }
        QueryMsg::Allowed { content, reader } => {
            to_json_binary(&permit::allowed(deps, &env, &content, &reader)?)
        }
        QueryMsg::Content { content } => to_json_binary(&query::content(deps, content)?),
        QueryMsg::Permits { content, start_after, limit } => {
            to_json_binary(&query::permits(deps, &env, &content, start_after, limit)?)
        }
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
