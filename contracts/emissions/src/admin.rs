//! Instantiation, and what the owner does.

use bithive_api::emissions::{InstantiateMsg, Recipients, events};
use bithive_api::staking;
use cosmwasm_std::{Addr, Api, DepsMut, Env, Event, Response, Uint128};
use cw_ownable::{assert_owner, initialize_owner};

use crate::ContractError;
use crate::state::{CONFIG, Config, METERS, PAID, Paid, STAKING};

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
    let config = Config { token, start, recipients };
    config.emission()?;
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &config)?;
    let zero = Uint128::zero;
    let released = Recipients { application: zero(), foundation: zero(), infrastructure: zero() };
    PAID.save(deps.storage, &Paid { claimed: zero(), released })?;
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

pub(crate) fn set_staking(
    deps: DepsMut<'_>,
    sender: &Addr,
    staking: Option<&str>,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let event = Event::new(events::STAKING);
    let Some(text) = staking else {
        STAKING.remove(deps.storage);
        return Ok(Response::new().add_event(event.add_attribute("staking", "")));
    };
    let address = deps.api.addr_validate(text)?;
    // One that does not know BTK would halve everybody's work.
    let known: staking::ConfigResponse =
        deps.querier.query_wasm_smart(&address, &staking::QueryMsg::Config {})?;
    let token = CONFIG.load(deps.storage)?.token;
    if known.token != token {
        return Err(ContractError::OtherToken { found: known.token.into(), expected: token.into() });
    }
    STAKING.save(deps.storage, &address)?;
    Ok(Response::new().add_event(event.add_attribute("staking", address)))
}
