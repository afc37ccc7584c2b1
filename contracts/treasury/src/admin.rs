//! Instantiation, collecting, and what the owner does.

use bithive_api::treasury::{Event, InstantiateMsg, limits};
use bithive_contract_kit::input::{address, outside, positive, text, within};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::{source, token};
use cosmwasm_std::{DepsMut, Env, Response, Uint128};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CONFIG, Config, FLOWS, Flows, period};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let (least, most) = limits::PERIOD_SECONDS;
    let found = msg.params.period_seconds;
    within("period_seconds", found.into(), least.into()..=most.into())?;
    let token = outside(deps.api, "token", &msg.token, &[&env.contract.address])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { token, params: msg.params })?;
    FLOWS.save(deps.storage, &Flows::default())?;
    Ok(Response::new())
}

/// Only from contracts that the owner has named, because anyone may send this.
pub(crate) fn collect(deps: DepsMut<'_>, source: &str) -> Result<Response, ContractError> {
    let source = address(deps.api, "source", source)?;
    let withdraw = source::withdraw::<ContractError>(deps.storage, &source)?;
    Ok(Response::new().add_event(Event::Collected { source }).add_message(withdraw))
}

pub(crate) fn spend(
    deps: DepsMut<'_>,
    env: &Env,
    recipient: &str,
    amount: Uint128,
    purpose: &str,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    positive("the amount", amount)?;
    text("the purpose", purpose, limits::MAX_PURPOSE)?;
    let config = CONFIG.load(deps.storage)?;
    let recipient = outside(deps.api, "recipient", recipient, &[&env.contract.address, &config.token])?;
    let (params, period) = (&config.params, period(env, &config.params));
    let mut flows = FLOWS.load(deps.storage)?;
    flows.spent = flows.spent.after(params, period, amount, ("what the owner spends", params.spend))?;
    let available = token::balance(deps.querier, &config.token, &env.contract.address)?;
    if amount > available {
        return Err(ContractError::Funds { available, amount });
    }
    FLOWS.save(deps.storage, &flows)?;
    let message = token::transfer(&config.token, &recipient, amount)?;
    let event = Event::Spent { recipient, amount, purpose: purpose.into() };
    Ok(Response::new().add_event(event).add_message(message))
}

pub(crate) fn set_source(
    deps: DepsMut<'_>,
    env: &Env,
    source: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    let token = CONFIG.load(deps.storage)?.token;
    let source = outside(deps.api, "source", source, &[&env.contract.address, &token])?;
    source::set(deps.storage, &source, allowed)?;
    Ok(Response::new().add_event(Event::Source { source, allowed }))
}
