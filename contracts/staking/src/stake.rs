//! BTK that come in.

use bithive_api::staking::{Hook, events};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::pledge::LOCK_DAYS;
use bithive_economics::vesting::DAY;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, Uint128, from_json};
use cw20::Cw20ReceiveMsg;

use crate::admin::{check_capacity, check_commission};
use crate::state::{
    CONFIG, Config, LOCKS, Lock, NODES, Node, StoredPool, find, next_id, pool, put_delegation, put_pool,
    settled, shares,
};
use crate::{ContractError, reward};

/// A cw20 hook. Only the message's sender is proven: it must be BTK, and then `hook.sender` is whoever moved the tokens.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    if *sender != config.token {
        return Err(ContractError::WrongToken { sender: sender.into(), token: config.token.into() });
    }
    let account = deps.api.addr_validate(&hook.sender)?;
    let amount = hook.amount;
    if amount.is_zero() {
        return Err(ContractError::Zero { what: "the amount" });
    }
    let hook = from_json(&hook.msg)?;
    if is_paused(deps.storage)? && !matches!(hook, Hook::Reward { .. }) {
        return Err(ContractError::Paused);
    }
    match hook {
        Hook::Register { tera, commission_bps } => {
            register(deps.storage, env, &config, &account, amount, tera, commission_bps)
        }
        Hook::Pledge {} => {
            let (address, node) = find(deps.storage, deps.api, account.as_str())?;
            pledge(deps.storage, env, &address, &node, amount)
        }
        Hook::Delegate { node } => {
            let (address, node) = find(deps.storage, deps.api, &node)?;
            if address == account {
                return Err(ContractError::OwnNode { node: address.into() });
            }
            let (_, event) = add(deps.storage, env, &address, &node, &account, amount)?;
            Ok(Response::new().add_event(event))
        }
        Hook::Reward { node } => {
            let (address, node) = find(deps.storage, deps.api, &node)?;
            reward::reward(deps.storage, &address, node, amount)
        }
    }
}

fn register(
    storage: &mut dyn Storage,
    env: &Env,
    config: &Config,
    operator: &Addr,
    amount: Uint128,
    tera: u16,
    commission_bps: u16,
) -> Result<Response, ContractError> {
    if NODES.has(storage, operator) {
        return Err(ContractError::Registered { node: operator.into() });
    }
    check_capacity(tera)?;
    check_commission(&config.params, commission_bps)?;
    let (unbonding, zero) = (StoredPool::default(), Uint128::zero());
    let (per_share, left, slashed, generation) = (zero, zero, zero, 0);
    let node = Node { tera, commission_bps, unbonding, generation, per_share, left, slashed };
    NODES.save(storage, operator, &node)?;
    let event = Event::new(events::REGISTERED)
        .add_attribute("node", operator)
        .add_attribute("tera", tera.to_string())
        .add_attribute("commission_bps", commission_bps.to_string());
    Ok(pledge(storage, env, operator, &node, amount)?.add_event(event))
}

/// Stake of the operator: locked from now on.
fn pledge(
    storage: &mut dyn Storage,
    env: &Env,
    operator: &Addr,
    node: &Node,
    amount: Uint128,
) -> Result<Response, ContractError> {
    let (bought, event) = add(storage, env, operator, node, operator, amount)?;
    let mut delegation = settled(storage, operator, node, operator)?;
    delegation.locked = delegation.locked.checked_add(bought)?;
    let held = shares(storage, operator, operator)?;
    put_delegation(storage, operator, operator, &delegation, held, env.block.height)?;
    let id = next_id(storage)?;
    let until = env.block.time.plus_seconds(LOCK_DAYS.saturating_mul(DAY)).seconds();
    LOCKS.save(storage, (operator, id), &Lock { shares: bought, until })?;
    let event = event.add_attribute("lock", id.to_string()).add_attribute("until", until.to_string());
    Ok(Response::new().add_event(event))
}

/// Adds to somebody's stake in a node; returns the shares it bought and the event.
pub(crate) fn add(
    storage: &mut dyn Storage,
    env: &Env,
    address: &Addr,
    node: &Node,
    delegator: &Addr,
    amount: Uint128,
) -> Result<(Uint128, Event), ContractError> {
    // Before the shares change: what they earned was earned by as many as there were.
    let delegation = settled(storage, address, node, delegator)?;
    let added = pool(storage, address)?.add(amount.u128());
    let (pool, bought) = added.map_err(|error| ContractError::Pool { node: address.to_string(), error })?;
    put_pool(storage, address, pool, env.block.height)?;
    let held = shares(storage, address, delegator)?.checked_add(bought.into())?;
    put_delegation(storage, address, delegator, &delegation, held, env.block.height)?;
    let event = Event::new(events::STAKED)
        .add_attribute("node", address)
        .add_attribute("delegator", delegator)
        .add_attribute("amount", amount)
        .add_attribute("shares", Uint128::new(bought));
    Ok((bought.into(), event))
}
