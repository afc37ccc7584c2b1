//! What is set: at instantiation, by the owner, by operators.

use bithive_api::staking::{Event, ExecuteMsg, InstantiateMsg, Params, limits};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{address, contract, outside, within};
use bithive_economics::pledge::CAPACITIES;
use bithive_economics::{Bps, Emission};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Storage, Uint128};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CONFIG, Config, NODES, Node, REWARDS, SLASHERS, STAKED, UNBONDING};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let Params { unbonding_seconds: found, burn_bps, max_commission_bps } = msg.params;
    let (least, most) = limits::UNBONDING_SECONDS;
    within("unbonding_seconds", found.into(), least.into()..=most.into())?;
    Bps::new("burn_bps", burn_bps)?;
    Bps::new("max_commission_bps", max_commission_bps)?;
    Emission::new(msg.emission_start)?;
    delay::begin(deps.storage, env)?;
    let token = address(deps.api, "token", &msg.token)?;
    let treasury = outside(deps.api, "treasury", &msg.treasury, &[&env.contract.address, &token])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let (emission_start, params) = (msg.emission_start, msg.params);
    CONFIG.save(deps.storage, &Config { token, treasury, emission_start, params })?;
    STAKED.save(deps.storage, &Uint128::zero(), env.block.height)?;
    UNBONDING.save(deps.storage, &Uint128::zero())?;
    REWARDS.save(deps.storage, &Uint128::zero())?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. Taking a slasher's permission back is
/// a brake, and takes effect at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let setting = match msg {
        ExecuteMsg::SetSlasher { slasher, allowed: true } => {
            contract(deps, "slasher", slasher)?;
            true
        }
        _ => false,
    };
    Ok(setting && delay::waits(deps.storage, env)?)
}

/// Refuses a capacity other than 4, 8 or 16 T.
pub(crate) fn check_capacity(tera: u16) -> Result<(), ContractError> {
    if CAPACITIES.contains(&tera) { Ok(()) } else { Err(ContractError::Capacity { tera }) }
}

/// Refuses a commission above the contract's bound.
pub(crate) fn check_commission(params: &Params, commission_bps: u16) -> Result<(), ContractError> {
    Ok(within("commission_bps", commission_bps.into(), 0..=params.max_commission_bps.into())?)
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
    let mut node = found.ok_or_else(|| ContractError::NotNode { node: sender.to_string() })?;
    change(&mut node);
    NODES.save(storage, sender, &node)?;
    let Node { tera, commission_bps, .. } = node;
    Ok(Response::new().add_event(Event::Changed { node: sender.clone(), tera, commission_bps }))
}

pub(crate) fn set_slasher(
    deps: DepsMut<'_>,
    slasher: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    // A person could cut stakes without a rule. A permission is taken back of whoever has it.
    let slasher = match allowed {
        true => contract(deps.as_ref(), "slasher", slasher)?,
        false => address(deps.api, "slasher", slasher)?,
    };
    if allowed {
        SLASHERS.save(deps.storage, &slasher, &())?;
    } else {
        SLASHERS.remove(deps.storage, &slasher);
    }
    Ok(Response::new().add_event(Event::Slasher { slasher, allowed }))
}
