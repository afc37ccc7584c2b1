//! Instantiation, collecting, and what the owner does.

use bithive_api::treasury::{Event, ExecuteMsg, InstantiateMsg, limits};
use bithive_contract_kit::input::{address, outside, positive, text, within};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::{delay, source, token};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Uint128};
use cw_ownable::initialize_owner;

use crate::state::{CONFIG, Config, FLOWS, Flows, period};
use crate::{ContractError, offer};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let (least, most) = limits::PERIOD_SECONDS;
    let found = msg.params.period_seconds;
    within("period_seconds", found.into(), least.into()..=most.into())?;
    delay::begin(deps.storage, env)?;
    let token = outside(deps.api, "token", &msg.token, &[&env.contract.address])?;
    let unusable = [&env.contract.address, &token];
    let btk = msg.btk.map(|btk| outside(deps.api, "btk", &btk, &unusable)).transpose()?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { token, btk, params: msg.params })?;
    FLOWS.save(deps.storage, &Flows::default())?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. Withdrawing an offer is a brake, and takes
/// effect at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    match msg {
        ExecuteMsg::Spend { recipient, amount, purpose } => {
            let config = CONFIG.load(deps.storage)?;
            recipient_of(deps, env, &config, (recipient, *amount, purpose))?;
        }
        ExecuteMsg::SetOffer { token, terms: Some(terms) } => {
            offer::check(deps, env, token, terms)?;
        }
        _ => return Ok(false),
    }
    Ok(delay::waits(deps.storage, env)?)
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
    let config = CONFIG.load(deps.storage)?;
    let recipient = recipient_of(deps.as_ref(), env, &config, (recipient, amount, purpose))?;
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

/// Who is paid, once all that is said of the payment was checked but the money for it.
fn recipient_of(
    deps: Deps<'_>,
    env: &Env,
    config: &Config,
    (recipient, amount, purpose): (&str, Uint128, &str),
) -> Result<Addr, ContractError> {
    positive("the amount", amount)?;
    text("the purpose", purpose, limits::MAX_PURPOSE)?;
    Ok(outside(deps.api, "recipient", recipient, &[&env.contract.address, &config.token])?)
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
