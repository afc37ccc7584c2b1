//! Instantiation, and what the owner does.

use bithive_api::ics20::{InstantiateMsg, TokenLimit, events};
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Uint128};
use cw_ownable::{Action, assert_owner, initialize_owner};

use crate::ContractError;
use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::state::{LIMITS, PAUSED};

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    for TokenLimit { token, limit } in msg.tokens {
        let token = deps.api.addr_validate(&token)?;
        if LIMITS.has(deps.storage, &token) {
            return Err(ContractError::Duplicate(token.into()));
        }
        LIMITS.save(deps.storage, &token, &limit)?;
    }
    PAUSED.save(deps.storage, &false)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    Ok(Response::new())
}

pub(crate) fn set_limit(
    deps: DepsMut<'_>,
    sender: &Addr,
    token: &str,
    limit: Option<Uint128>,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let token = deps.api.addr_validate(token)?;
    match limit {
        Some(limit) => LIMITS.save(deps.storage, &token, &limit)?,
        None => LIMITS.remove(deps.storage, &token),
    }
    let limit = limit.map_or_else(|| "none".into(), |limit| limit.to_string());
    let event = Event::new(events::LIMIT).add_attribute("token", token).add_attribute("limit", limit);
    Ok(Response::new().add_event(event))
}

pub(crate) fn set_paused(deps: DepsMut<'_>, sender: &Addr, paused: bool) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    PAUSED.save(deps.storage, &paused)?;
    let event = Event::new(events::PAUSED).add_attribute("paused", paused.to_string());
    Ok(Response::new().add_event(event))
}

pub(crate) fn update_ownership(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    action: Action,
) -> Result<Response, ContractError> {
    let ownership = cw_ownable::update_ownership(deps, &env.block, sender, action)?;
    Ok(Response::new().add_attributes(ownership.into_attributes()))
}
