//! BTK that go out: unlocked, unbonded, withdrawn.

use bithive_api::staking::Event;
use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::stake::free;
use crate::state::{
    CONFIG, DELEGATIONS, LOCKS, NODES, UNBONDING, UNBONDINGS, UNBONDINGS_OF, Unbonding, find, find_at,
    next_id, pay, pool, put_delegation, put_pool, settled, shares,
};

pub(crate) fn unlock(deps: DepsMut<'_>, env: &Env, node: &str, id: u64) -> Result<Response, ContractError> {
    let (address, _) = find(deps.storage, deps.api, node)?;
    let found = LOCKS.may_load(deps.storage, (&address, id))?;
    let lock = found.ok_or_else(|| ContractError::NoLock { node: address.to_string(), id })?;
    require_time(env, lock.until)?;
    LOCKS.remove(deps.storage, (&address, id));
    let mut delegation = DELEGATIONS.load(deps.storage, (&address, &address))?;
    delegation.locked = delegation.locked.checked_sub(lock.shares)?;
    DELEGATIONS.save(deps.storage, (&address, &address), &delegation)?;
    Ok(Response::new().add_event(Event::Unlocked { node: address, id, shares: lock.shares }))
}

pub(crate) fn unbond(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    node: &str,
    asked: Option<Uint128>,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let (address, mut node) = find_at(deps.storage, deps.api, env, node)?;
    let refused = |error| ContractError::Pool { node: address.to_string(), error };
    let delegation = settled(deps.storage, &address, &node, sender)?;
    let held = shares(deps.storage, &address, sender)?;
    let asked = free(&delegation, held, asked)?;
    let (stake, worth) = pool(deps.storage, &address)?.remove(asked.u128()).map_err(refused)?;
    put_pool(deps.storage, &address, stake, env.block.height)?;
    if stake.shares == 0 {
        let stopped = node.rewards_ahead().stop(now);
        node.put_stream(stopped);
        NODES.save(deps.storage, &address, &node)?;
    }
    let held = held.checked_sub(asked)?;
    put_delegation(deps.storage, &address, sender, &delegation, held, env.block.height)?;
    // Shares that are worth nothing leave nothing behind.
    let (delegator, amount) = (sender.clone(), Uint128::new(worth));
    if worth == 0 {
        let (id, until) = (None, None);
        let event = Event::Unbonding { node: address, delegator, shares: asked, amount, id, until };
        return Ok(Response::new().add_event(event));
    }
    let (unbonding, bought) = node.unbonding.pool().add(worth).map_err(refused)?;
    node.unbonding = unbonding.into();
    NODES.save(deps.storage, &address, &node)?;
    let total = UNBONDING.load(deps.storage)?.checked_add(worth.into())?;
    UNBONDING.save(deps.storage, &total)?;
    let id = next_id(deps.storage)?;
    let seconds = CONFIG.load(deps.storage)?.params.unbonding_seconds;
    let until = env.block.time.plus_seconds(seconds).seconds();
    UNBONDINGS_OF.save(deps.storage, (sender, id), &())?;
    let (shares, generation) = (bought.into(), node.generation);
    let entry = Unbonding { node: address, delegator, shares, generation, until };
    UNBONDINGS.save(deps.storage, id, &entry)?;
    let (Unbonding { node, delegator, .. }, id, until) = (entry, Some(id), Some(until));
    let event = Event::Unbonding { node, delegator, shares: asked, amount, id, until };
    Ok(Response::new().add_event(event))
}

pub(crate) fn withdraw(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let entry = UNBONDINGS.may_load(storage, id)?.ok_or(ContractError::NoUnbonding { id })?;
    require_time(env, entry.until)?;
    UNBONDINGS.remove(storage, id);
    UNBONDINGS_OF.remove(storage, (&entry.delegator, id));
    let mut node = NODES.load(storage, &entry.node)?;
    let mut worth = 0;
    if entry.generation == node.generation {
        let removed = node.unbonding.pool().remove(entry.shares.u128());
        let refused = |error| ContractError::Pool { node: entry.node.to_string(), error };
        let (pool, paid) = removed.map_err(refused)?;
        (worth, node.unbonding) = (paid, pool.into());
        NODES.save(storage, &entry.node, &node)?;
    }
    let total = UNBONDING.load(storage)?.checked_sub(worth.into())?;
    UNBONDING.save(storage, &total)?;
    let Unbonding { node, delegator, .. } = entry;
    let event = Event::Withdrawn { id, node, delegator: delegator.clone(), amount: worth.into() };
    let response = Response::new().add_event(event);
    // cw20 refuses a transfer of 0.
    if worth == 0 { Ok(response) } else { Ok(response.add_message(pay(storage, &delegator, worth.into())?)) }
}

fn require_time(env: &Env, until: u64) -> Result<(), ContractError> {
    let now = env.block.time.seconds();
    if now < until { Err(ContractError::TooEarly { now, until }) } else { Ok(()) }
}
