//! Instantiation, collecting, and what the owner does.

use bithive_api::jobs;
use bithive_api::treasury::{InstantiateMsg, MAX_PURPOSE, PERIOD_SECONDS, events};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Uint128, wasm_execute};
use cw_ownable::{assert_owner, initialize_owner};

use crate::ContractError;
use crate::state::{CONFIG, Config, FLOWS, Flows, SOURCES, balance, pay, period};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let (least, most) = PERIOD_SECONDS;
    let found = msg.params.period_seconds;
    if !(least..=most).contains(&found) {
        let (found, least, most) = (found.into(), least.into(), most.into());
        return Err(ContractError::OutOfBounds { field: "period_seconds", found, least, most });
    }
    let token = deps.api.addr_validate(&msg.token)?;
    if token == env.contract.address {
        return Err(ContractError::Address { address: token.into(), what: "the token" });
    }
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { token, params: msg.params })?;
    FLOWS.save(deps.storage, &Flows::default())?;
    Ok(Response::new())
}

/// Only of contracts that the owner has named: the treasury acts here for anybody.
pub(crate) fn collect(deps: DepsMut<'_>, source: &str) -> Result<Response, ContractError> {
    let source = deps.api.addr_validate(source)?;
    if !SOURCES.has(deps.storage, &source) {
        return Err(ContractError::NotSource { source_address: source.into() });
    }
    let event = Event::new(events::COLLECTED).add_attribute("source", &source);
    let withdraw = wasm_execute(&source, &jobs::ExecuteMsg::Withdraw {}, vec![])?;
    Ok(Response::new().add_event(event).add_message(withdraw))
}

pub(crate) fn spend(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    recipient: &str,
    amount: Uint128,
    purpose: &str,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    if amount.is_zero() {
        return Err(ContractError::Zero);
    }
    let found = purpose.chars().count();
    if found > MAX_PURPOSE {
        return Err(ContractError::Purpose { found, most: MAX_PURPOSE });
    }
    let config = CONFIG.load(deps.storage)?;
    let recipient = deps.api.addr_validate(recipient)?;
    if recipient == env.contract.address || recipient == config.token {
        return Err(ContractError::Address { address: recipient.into(), what: "a recipient" });
    }
    let (params, period) = (&config.params, period(env, &config.params));
    let mut flows = FLOWS.load(deps.storage)?;
    flows.spent = flows.spent.after(params, period, amount, ("what the owner spends", params.spend))?;
    let available = balance(deps.querier, env, &config.token)?;
    if amount > available {
        return Err(ContractError::Funds { available, amount });
    }
    FLOWS.save(deps.storage, &flows)?;
    let event = Event::new(events::SPENT)
        .add_attribute("recipient", &recipient)
        .add_attribute("amount", amount)
        .add_attribute("purpose", purpose);
    Ok(Response::new().add_event(event).add_message(pay(&config, &recipient, amount)?))
}

pub(crate) fn set_source(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    source: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let source = deps.api.addr_validate(source)?;
    if source == env.contract.address || source == CONFIG.load(deps.storage)?.token {
        return Err(ContractError::Address { address: source.into(), what: "a source" });
    }
    if allowed {
        SOURCES.save(deps.storage, &source, &())?;
    } else {
        SOURCES.remove(deps.storage, &source);
    }
    let event = Event::new(events::SOURCE).add_attribute("source", source);
    Ok(Response::new().add_event(event.add_attribute("allowed", allowed.to_string())))
}
