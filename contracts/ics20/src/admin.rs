//! Instantiation, and what the owner does.

use bithive_api::event::OrNone;
use bithive_api::ics20::{Event, ExecuteMsg, InstantiateMsg, TokenLimit};
use bithive_contract_kit::input::address;
use bithive_contract_kit::{InputError, delay};
use cosmwasm_std::{Deps, DepsMut, Env, Response, Uint128};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::LIMITS;

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    delay::begin(deps.storage, env)?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    for TokenLimit { token, limit } in msg.tokens {
        let token = address(deps.api, "token", &token)?;
        if LIMITS.has(deps.storage, &token) {
            return Err(InputError::Duplicate { field: "tokens", found: token.into() }.into());
        }
        LIMITS.save(deps.storage, &token, &limit)?;
    }
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked: what lets more of a token out. A lower limit, or
/// none, is a brake, and takes effect at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let ExecuteMsg::SetLimit { token, limit: Some(limit) } = msg else { return Ok(false) };
    let token = address(deps.api, "token", token)?;
    let raises = LIMITS.may_load(deps.storage, &token)?.is_none_or(|now| *limit > now);
    Ok(raises && delay::waits(deps.storage, env)?)
}

pub(crate) fn set_limit(
    deps: DepsMut<'_>,
    token: &str,
    limit: Option<Uint128>,
) -> Result<Response, ContractError> {
    let token = address(deps.api, "token", token)?;
    match limit {
        Some(limit) => LIMITS.save(deps.storage, &token, &limit)?,
        None => LIMITS.remove(deps.storage, &token),
    }
    Ok(Response::new().add_event(Event::Limit { token, limit: OrNone(limit) }))
}
