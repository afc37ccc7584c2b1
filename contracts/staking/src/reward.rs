//! Rewards: what comes in is divided by shares, what goes out is paid or becomes stake.

use bithive_api::staking::Event;
use bithive_contract_kit::input::address;
use bithive_contract_kit::pause::is_paused;
use bithive_economics::Bps;
use bithive_economics::pool::PoolError;
use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, Uint128};

use crate::state::{
    BY_DELEGATOR, DELEGATIONS, NODES, Node, REWARDS, find_at, pay, pool, put_delegation, settled, shares,
};
use crate::{ContractError, stake};

/// Most rewards that are on their way to a pool at once, which rewards per share can be computed of: far beyond all BTK.
const MOST: u128 = 1 << 63;

/// A reward for a pool that has flowed: the operator's commission at once, and the rest over time by shares.
pub(crate) fn reward(
    storage: &mut dyn Storage,
    env: &Env,
    address: &Addr,
    mut node: Node,
    amount: Uint128,
) -> Result<Response, ContractError> {
    let shares = pool(storage, address)?.shares;
    if shares == 0 {
        return Err(ContractError::NoStake { node: address.into() });
    }
    // Can't fail: the commission was checked when it was set.
    let commission = Bps::new("commission_bps", node.commission_bps)?.of(amount.u128());
    let rest = amount.u128().saturating_sub(commission);
    let too_many = || ContractError::Pool { node: address.to_string(), error: PoolError::TooManyShares };
    let stream = node.rewards_ahead().add(rest, env.block.time.seconds());
    node.put_stream(stream.filter(|stream| stream.total < MOST).ok_or_else(too_many)?);
    NODES.save(storage, address, &node)?;
    if commission > 0 {
        let mut own = settled(storage, address, &node, address)?;
        own.rewards = own.rewards.checked_add(commission.into())?;
        DELEGATIONS.save(storage, (address, address), &own)?;
        BY_DELEGATOR.save(storage, (address, address), &())?;
    }
    let unpaid = REWARDS.load(storage)?.checked_add(amount)?;
    REWARDS.save(storage, &unpaid)?;
    let event = Event::Rewarded { node: address.clone(), amount, commission: commission.into() };
    Ok(Response::new().add_event(event))
}

pub(crate) fn claim(
    deps: DepsMut<'_>,
    env: &Env,
    node: &str,
    delegator: &str,
) -> Result<Response, ContractError> {
    let delegator = address(deps.api, "delegator", delegator)?;
    let (address, node) = find_at(deps.storage, deps.api, env, node)?;
    // Shares stay as they are, so their history does too.
    let mut delegation = settled(deps.storage, &address, &node, &delegator)?;
    let amount = take(deps.storage, &address, &delegator, &mut delegation.rewards)?;
    if shares(deps.storage, &address, &delegator)?.is_zero() {
        DELEGATIONS.remove(deps.storage, (&address, &delegator));
        BY_DELEGATOR.remove(deps.storage, (&delegator, &address));
    } else {
        DELEGATIONS.save(deps.storage, (&address, &delegator), &delegation)?;
    }
    let event = claimed(&address, &delegator, amount, false);
    Ok(Response::new().add_event(event).add_message(pay(deps.storage, &delegator, amount)?))
}

pub(crate) fn compound(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    node: &str,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    let (address, node) = find_at(deps.storage, deps.api, env, node)?;
    let mut delegation = settled(deps.storage, &address, &node, sender)?;
    let amount = take(deps.storage, &address, sender, &mut delegation.rewards)?;
    let held = shares(deps.storage, &address, sender)?;
    put_delegation(deps.storage, &address, sender, &delegation, held, env.block.height)?;
    // Also the operator's: what it earned is not locked, and no pledge until it is.
    let bought = stake::add(deps.storage, env, &address, &node, sender, amount)?;
    let staked = stake::staked(&address, sender, amount, bought, None);
    Ok(Response::new().add_event(claimed(&address, sender, amount, true)).add_event(staked))
}

/// Takes what can be claimed, so that it is counted once.
fn take(
    storage: &mut dyn Storage,
    node: &Addr,
    delegator: &Addr,
    rewards: &mut Uint128,
) -> Result<Uint128, ContractError> {
    let amount = core::mem::take(rewards);
    if amount.is_zero() {
        return Err(ContractError::NothingDue { node: node.into(), delegator: delegator.into() });
    }
    let unpaid = REWARDS.load(storage)?.checked_sub(amount)?;
    REWARDS.save(storage, &unpaid)?;
    Ok(amount)
}

fn claimed(node: &Addr, delegator: &Addr, amount: Uint128, compounded: bool) -> Event {
    Event::Claimed { node: node.clone(), delegator: delegator.clone(), amount, compounded }
}
