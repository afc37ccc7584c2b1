//! Instantiation, and what the owner does.

use bithive_api::ics20::{InstantiateMsg, TokenLimit, events};
use cosmwasm_std::{Addr, DepsMut, Event, Response, Uint128};
use cw_ownable::{assert_owner, initialize_owner};

use crate::ContractError;
use crate::state::LIMITS;

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
