//! Instantiation, and what the owner does.

use bithive_api::emissions::{Event, ExecuteMsg, InstantiateMsg, Recipients};
use bithive_api::event::OrEmpty;
use bithive_api::staking;
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{address, contract, outside};
use cosmwasm_std::{Deps, DepsMut, Env, Response, Uint128};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CONFIG, Config, LOCKED_FROM, METERS, PAID, Paid, STAKING};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    let (start, now) = (msg.start, env.block.time.seconds());
    if start < now {
        return Err(ContractError::Past { start, now });
    }
    let token = address(deps.api, "token", &msg.token)?;
    let own = [&env.contract.address, &token];
    let recipient = |text: &str| outside(deps.api, "recipient", text, &own);
    let recipients = Recipients {
        application: recipient(&msg.recipients.application)?,
        foundation: recipient(&msg.recipients.foundation)?,
        infrastructure: recipient(&msg.recipients.infrastructure)?,
    };
    let config = Config { token, start, recipients };
    config.emission()?;
    delay::begin(deps.storage, env)?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    LOCKED_FROM.save(deps.storage, &start)?;
    CONFIG.save(deps.storage, &config)?;
    let zero = Uint128::zero;
    let released = Recipients { application: zero(), foundation: zero(), infrastructure: zero() };
    PAID.save(deps.storage, &Paid { claimed: zero(), released })?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. Taking a meter's permission back is
/// a brake, and takes effect at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let setting = match msg {
        ExecuteMsg::SetMeter { meter, allowed: true } => {
            contract(deps, "meter", meter)?;
            true
        }
        ExecuteMsg::SetRecipient { .. } | ExecuteMsg::SetStaking { .. } => true,
        _ => false,
    };
    Ok(setting && delay::waits(deps.storage, env)?)
}

pub(crate) fn set_meter(deps: DepsMut<'_>, meter: &str, allowed: bool) -> Result<Response, ContractError> {
    // A person could credit itself without a rule. A permission is taken back of whoever has it.
    let meter = match allowed {
        true => contract(deps.as_ref(), "meter", meter)?,
        false => address(deps.api, "meter", meter)?,
    };
    if allowed {
        METERS.save(deps.storage, &meter, &())?;
    } else {
        METERS.remove(deps.storage, &meter);
    }
    Ok(Response::new().add_event(Event::Meter { meter, allowed }))
}

pub(crate) fn set_staking(deps: DepsMut<'_>, staking: Option<&str>) -> Result<Response, ContractError> {
    let Some(text) = staking else {
        STAKING.remove(deps.storage);
        return Ok(Response::new().add_event(Event::Staking { staking: OrEmpty(None) }));
    };
    let address = address(deps.api, "staking", text)?;
    // With a staking contract for another token, everybody's work would count half.
    let known: staking::ConfigResponse =
        deps.querier.query_wasm_smart(&address, &staking::QueryMsg::Config {})?;
    let token = CONFIG.load(deps.storage)?.token;
    if known.token != token {
        return Err(ContractError::OtherToken { found: known.token.into(), expected: token.into() });
    }
    STAKING.save(deps.storage, &address)?;
    Ok(Response::new().add_event(Event::Staking { staking: OrEmpty(Some(address)) }))
}
