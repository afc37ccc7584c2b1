//! What is set: at instantiation, by the owner, by operators.

use bithive_api::staking::{InstantiateMsg, Params, UNBONDING_SECONDS, events};
use bithive_economics::pledge::CAPACITIES;
use bithive_economics::{Bps, Emission};
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, Uint128};
use cw_ownable::{assert_owner, initialize_owner};

use crate::ContractError;
use crate::state::{CONFIG, Config, NODES, Node, REWARDS, SLASHERS, STAKED, UNBONDING};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let Params { unbonding_seconds: found, burn_bps, max_commission_bps } = msg.params;
    let (least, most) = UNBONDING_SECONDS;
    if !(least..=most).contains(&found) {
        return Err(ContractError::OutOfBounds { field: "unbonding_seconds", found, least, most });
    }
    Bps::new("burn_bps", burn_bps)?;
    Bps::new("max_commission_bps", max_commission_bps)?;
    Emission::new(msg.emission_start)?;
    let token = deps.api.addr_validate(&msg.token)?;
    let treasury = deps.api.addr_validate(&msg.treasury)?;
    if treasury == env.contract.address || treasury == token {
        return Err(ContractError::Treasury { treasury: treasury.into() });
    }
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let (emission_start, params) = (msg.emission_start, msg.params);
    CONFIG.save(deps.storage, &Config { token, treasury, emission_start, params })?;
    STAKED.save(deps.storage, &Uint128::zero(), env.block.height)?;
    UNBONDING.save(deps.storage, &Uint128::zero())?;
    REWARDS.save(deps.storage, &Uint128::zero())?;
    Ok(Response::new())
}

/// Refuses a capacity that no machine has.
pub(crate) fn check_capacity(tera: u16) -> Result<(), ContractError> {
    if CAPACITIES.contains(&tera) { Ok(()) } else { Err(ContractError::Capacity { tera }) }
}

/// Refuses a commission above the contract's bound.
pub(crate) fn check_commission(params: &Params, commission_bps: u16) -> Result<(), ContractError> {
    let (found, most) = (commission_bps.into(), params.max_commission_bps.into());
    if found > most {
        return Err(ContractError::OutOfBounds { field: "commission_bps", found, least: 0, most });
    }
    Ok(())
}

pub(crate) fn set_capacity(
    storage: &mut dyn Storage,
    sender: &Addr,
    tera: u16,
) -> Result<Response, ContractError> {
    check_capacity(tera)?;
    change(storage, sender, |node| node.tera = tera)
}

pub(crate) fn set_commission(
    storage: &mut dyn Storage,
    sender: &Addr,
    commission_bps: u16,
) -> Result<Response, ContractError> {
    check_commission(&CONFIG.load(storage)?.params, commission_bps)?;
    change(storage, sender, |node| node.commission_bps = commission_bps)
}

fn change(
    storage: &mut dyn Storage,
    sender: &Addr,
    change: impl FnOnce(&mut Node),
) -> Result<Response, ContractError> {
    let found = NODES.may_load(storage, sender)?;
    let mut node = found.ok_or_else(|| ContractError::NoNode { node: sender.to_string() })?;
    change(&mut node);
    NODES.save(storage, sender, &node)?;
    let event = Event::new(events::CHANGED)
        .add_attribute("node", sender)
        .add_attribute("tera", node.tera.to_string())
        .add_attribute("commission_bps", node.commission_bps.to_string());
    Ok(Response::new().add_event(event))
}

pub(crate) fn set_slasher(
    deps: DepsMut<'_>,
    sender: &Addr,
    slasher: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let slasher = deps.api.addr_validate(slasher)?;
    if allowed {
        SLASHERS.save(deps.storage, &slasher, &())?;
    } else {
        SLASHERS.remove(deps.storage, &slasher);
    }
    let event = Event::new(events::SLASHER).add_attribute("slasher", slasher);
    Ok(Response::new().add_event(event.add_attribute("allowed", allowed.to_string())))
}
