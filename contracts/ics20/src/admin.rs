//! Instantiation, and what the owner does.

use bithive_api::event::OrNone;
use bithive_api::ics20::{Event, InstantiateMsg, TokenLimit};
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::address;
use cosmwasm_std::{DepsMut, Response, Uint128};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::LIMITS;

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
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
