//! Stake: of operators, who pledge it, and of those who delegate.

use bithive_api::staking::Event;
use bithive_contract_kit::input::positive;
use bithive_economics::pledge::LOCK_DAYS;
use bithive_economics::vesting::DAY;
use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::admin::{check_capacity, check_commission};
use crate::state::{
    CONFIG, Delegation, LOCKS, Lock, NODES, Node, StoredPool, find_at, next_id, pool, put_delegation,
    put_pool, settled, shares,
};

pub(crate) fn register(
    storage: &mut dyn Storage,
    env: &Env,
    operator: &Addr,
    amount: Uint128,
    tera: u16,
    commission_bps: u16,
) -> Result<Response, ContractError> {
    if NODES.has(storage, operator) {
        return Err(ContractError::AlreadyRegistered { node: operator.into() });
    }
    check_capacity(tera)?;
    check_commission(&CONFIG.load(storage)?.params, commission_bps)?;
    let (unbonding, zero) = (StoredPool::default(), Uint128::zero());
    let (per_share, left, slashed, generation) = (zero, zero, zero, 0);
    let stream = None;
    let node = Node { tera, commission_bps, unbonding, generation, per_share, left, slashed, stream };
    NODES.save(storage, operator, &node)?;
    let event = Event::Registered { node: operator.clone(), tera, commission_bps };
    Ok(pledge(storage, env, operator, &node, amount)?.add_event(event))
}

/// Stake of the operator: locked from now on.
pub(crate) fn pledge(
    storage: &mut dyn Storage,
    env: &Env,
    operator: &Addr,
    node: &Node,
    amount: Uint128,
) -> Result<Response, ContractError> {
    let bought = add(storage, env, operator, node, operator, amount)?;
    let mut delegation = settled(storage, operator, node, operator)?;
    delegation.locked = delegation.locked.checked_add(bought)?;
    let held = shares(storage, operator, operator)?;
    put_delegation(storage, operator, operator, &delegation, held, env.block.height)?;
    let lock = put_lock(storage, env, operator, bought)?;
    Ok(Response::new().add_event(staked(operator, operator, amount, bought, Some(lock))))
}

/// Locks what the operator could take out.
pub(crate) fn lock(
    deps: DepsMut<'_>,
    env: &Env,
    operator: &Addr,
    asked: Option<Uint128>,
) -> Result<Response, ContractError> {
    let (address, node) = find_at(deps.storage, deps.api, env, operator.as_str())?;
    let mut delegation = settled(deps.storage, &address, &node, operator)?;
    let held = shares(deps.storage, &address, operator)?;
    let asked = free(&delegation, held, asked)?;
    delegation.locked = delegation.locked.checked_add(asked)?;
    put_delegation(deps.storage, &address, operator, &delegation, held, env.block.height)?;
    let (id, until) = put_lock(deps.storage, env, operator, asked)?;
    Ok(Response::new().add_event(Event::Locked { node: address, id, shares: asked, until }))
}

/// What is asked for of the shares that are not locked, or all of them.
pub(crate) fn free(
    delegation: &Delegation,
    held: Uint128,
    asked: Option<Uint128>,
) -> Result<Uint128, ContractError> {
    let free = held.checked_sub(delegation.locked)?;
    let asked = asked.unwrap_or(free);
    positive("the number of shares that are not locked", asked)?;
    if asked > free {
        return Err(ContractError::NotFree { asked, free });
    }
    Ok(asked)
}

/// Number and end of a new lock.
fn put_lock(
    storage: &mut dyn Storage,
    env: &Env,
    operator: &Addr,
    shares: Uint128,
) -> Result<(u64, u64), ContractError> {
    let id = next_id(storage)?;
    let until = env.block.time.plus_seconds(LOCK_DAYS.saturating_mul(DAY)).seconds();
    LOCKS.save(storage, (operator, id), &Lock { shares, until })?;
    Ok((id, until))
}

/// Adds to somebody's stake in a node that has flowed; returns the shares it bought.
pub(crate) fn add(
    storage: &mut dyn Storage,
    env: &Env,
    address: &Addr,
    node: &Node,
    delegator: &Addr,
    amount: Uint128,
) -> Result<Uint128, ContractError> {
    // Before the shares change: earlier rewards were earned by the shares there were.
    let delegation = settled(storage, address, node, delegator)?;
    let added = pool(storage, address)?.add(amount.u128());
    let (pool, bought) = added.map_err(|error| ContractError::Pool { node: address.to_string(), error })?;
    put_pool(storage, address, pool, env.block.height)?;
    let held = shares(storage, address, delegator)?.checked_add(bought.into())?;
    put_delegation(storage, address, delegator, &delegation, held, env.block.height)?;
    Ok(bought.into())
}

/// The event of added stake; of a pledge with its lock's number and end.
pub(crate) fn staked(
    node: &Addr,
    delegator: &Addr,
    amount: Uint128,
    shares: Uint128,
    lock: Option<(u64, u64)>,
) -> Event {
    let (lock, until) = lock.unzip();
    Event::Staked { node: node.clone(), delegator: delegator.clone(), amount, shares, lock, until }
}
