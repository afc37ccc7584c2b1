//! Instantiation, and what the owner does.

use bithive_api::emissions::{InstantiateMsg, Recipients, events};
use cosmwasm_std::{Addr, Api, DepsMut, Env, Event, Response, Storage, Uint128};
use cw_ownable::{Action, assert_owner, initialize_owner};

use crate::ContractError;
use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::state::{CONFIG, Config, METERS, PAID, Paid};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    let (start, now) = (msg.start, env.block.time.seconds());
    if start < now {
        return Err(ContractError::Past { start, now });
    }
    let token = deps.api.addr_validate(&msg.token)?;
    let contract = &env.contract.address;
    let recipient = |text: &str| recipient(deps.api, contract, &token, text);
    let recipients = Recipients {
        application: recipient(&msg.recipients.application)?,
        foundation: recipient(&msg.recipients.foundation)?,
        infrastructure: recipient(&msg.recipients.infrastructure)?,
    };
    let config = Config { token, start, recipients, paused: false };
    config.emission()?;
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &config)?;
    let zero = Uint128::zero;
    let released = Recipients { application: zero(), foundation: zero(), infrastructure: zero() };
    PAID.save(deps.storage, &Paid { claimed: zero(), released })?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    Ok(Response::new())
}

/// An account that can use what it receives.
pub(crate) fn recipient(
    api: &dyn Api,
    contract: &Addr,
    token: &Addr,
    text: &str,
) -> Result<Addr, ContractError> {
    let recipient = api.addr_validate(text)?;
    if recipient == contract || recipient == token {
        return Err(ContractError::Recipient { recipient: recipient.into() });
    }
    Ok(recipient)
}

pub(crate) fn set_meter(
    deps: DepsMut<'_>,
    sender: &Addr,
    meter: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let meter = deps.api.addr_validate(meter)?;
    if allowed {
        METERS.save(deps.storage, &meter, &())?;
    } else {
        METERS.remove(deps.storage, &meter);
    }
    let event = Event::new(events::METER).add_attribute("meter", meter);
    Ok(Response::new().add_event(event.add_attribute("allowed", allowed.to_string())))
}

pub(crate) fn set_paused(
    storage: &mut dyn Storage,
    sender: &Addr,
    paused: bool,
) -> Result<Response, ContractError> {
    assert_owner(storage, sender)?;
    let config = CONFIG.load(storage)?;
    CONFIG.save(storage, &Config { paused, ..config })?;
    let event = Event::new(events::PAUSED).add_attribute("paused", paused.to_string());
    Ok(Response::new().add_event(event))
}

/// Two steps, so that ownership can't go to an address that nobody holds.
pub(crate) fn update_ownership(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    action: Action,
) -> Result<Response, ContractError> {
    let ownership = cw_ownable::update_ownership(deps, &env.block, sender, action)?;
    let response = Response::new().add_attribute("action", "update_ownership");
    Ok(response.add_attributes(ownership.into_attributes()))
}
