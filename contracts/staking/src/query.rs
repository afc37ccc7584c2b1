//! One function for each query.

use std::collections::BTreeSet;

use bithive_api::staking::{
    ConfigResponse, DelegationResponse, LockResponse, NodeResponse, TotalsResponse, UnbondingResponse, limits,
};
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::count;
use bithive_contract_kit::page;
use bithive_contract_kit::pause::is_paused;
use bithive_economics::pledge;
use cosmwasm_std::{Addr, Deps, Env, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{
    self, BY_DELEGATOR, CONFIG, DELEGATIONS, LOCKS, NODES, POOLS, SHARES, STAKED, UNBONDINGS, UNBONDINGS_OF,
    find, pool, settled, shares,
};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        treasury: config.treasury,
        emission_start: config.emission_start,
        params: config.params,
        paused: is_paused(deps.storage)?,
    })
}

pub(crate) fn node(deps: Deps<'_>, env: &Env, node: &str) -> Result<Option<NodeResponse>, ContractError> {
    let address = deps.api.addr_validate(node)?;
    let Some(node) = NODES.may_load(deps.storage, &address)? else { return Ok(None) };
    let stake = pool(deps.storage, &address)?;
    // Stake that can leave at any time is behind nothing that the node earns.
    let locked = DELEGATIONS.may_load(deps.storage, (&address, &address))?.unwrap_or_default().locked;
    let own = stake.worth(locked.u128());
    let required = state::required(&CONFIG.load(deps.storage)?, &node, env.block.time.seconds())?;
    Ok(Some(NodeResponse {
        tera: node.tera,
        commission_bps: node.commission_bps,
        stake: stake.tokens.into(),
        shares: stake.shares.into(),
        unbonding: node.unbonding.tokens,
        pledge: own.into(),
        required: required.into(),
        earning_bps: pledge::earning(own, required).get(),
        slashed: node.slashed,
    }))
}

pub(crate) fn locks(
    deps: Deps<'_>,
    node: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<LockResponse>, ContractError> {
    let address = deps.api.addr_validate(node)?;
    let start = start_after.map(Bound::exclusive);
    let locks = LOCKS
        .prefix(&address)
        .range(deps.storage, start, None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE));
    let response = |lock: StdResult<(u64, state::Lock)>| {
        lock.map(|(id, lock)| LockResponse { id, shares: lock.shares, until: lock.until })
    };
    Ok(locks.map(response).collect::<StdResult<_>>()?)
}

pub(crate) fn delegation(
    deps: Deps<'_>,
    env: &Env,
    node: &str,
    delegator: &str,
) -> Result<Option<DelegationResponse>, ContractError> {
    let (node, delegator) = (deps.api.addr_validate(node)?, deps.api.addr_validate(delegator)?);
    if !BY_DELEGATOR.has(deps.storage, (&delegator, &node)) {
        return Ok(None);
    }
    Ok(Some(one(deps, env, node, &delegator)?))
}

pub(crate) fn delegations(
    deps: Deps<'_>,
    env: &Env,
    delegator: &str,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<DelegationResponse>, ContractError> {
    let delegator = deps.api.addr_validate(delegator)?;
    let start = start_after.map(|node| deps.api.addr_validate(node)).transpose()?;
    let start = start.as_ref().map(Bound::exclusive);
    let nodes = BY_DELEGATOR.prefix(&delegator).keys(deps.storage, start, None, Order::Ascending);
    nodes.take(page::size(limit, limits::MAX_PAGE)).map(|node| one(deps, env, node?, &delegator)).collect()
}

fn one(
    deps: Deps<'_>,
    env: &Env,
    address: Addr,
    delegator: &Addr,
) -> Result<DelegationResponse, ContractError> {
    let (_, node) = find(deps.storage, deps.api, address.as_str())?;
    let stake = pool(deps.storage, &address)?;
    let node = node.flowed(stake.shares, env.block.time.seconds());
    let delegation = settled(deps.storage, &address, &node, delegator)?;
    let shares = shares(deps.storage, &address, delegator)?;
    let stake = stake.worth(shares.u128()).into();
    let (locked, rewards) = (delegation.locked, delegation.rewards);
    Ok(DelegationResponse { node: address, shares, locked, stake, rewards })
}

pub(crate) fn unbondings(
    deps: Deps<'_>,
    delegator: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<UnbondingResponse>, ContractError> {
    let delegator = deps.api.addr_validate(delegator)?;
    let start = start_after.map(Bound::exclusive);
    let ids = UNBONDINGS_OF.prefix(&delegator).keys(deps.storage, start, None, Order::Ascending);
    let response = |id: StdResult<u64>| -> Result<_, ContractError> {
        let id = id?;
        let entry = UNBONDINGS.load(deps.storage, id)?;
        let amount = NODES.load(deps.storage, &entry.node)?.worth_of(&entry);
        Ok(UnbondingResponse { id, node: entry.node, amount, until: entry.until })
    };
    ids.take(page::size(limit, limits::MAX_PAGE)).map(response).collect()
}

pub(crate) fn voting_power(
    deps: Deps<'_>,
    delegator: &str,
    nodes: &[String],
    height: u64,
) -> Result<Uint128, ContractError> {
    count("nodes", nodes.len(), 0..=page::size(None, limits::MAX_PAGE))?;
    let delegator = deps.api.addr_validate(delegator)?;
    let (mut seen, mut power) = (BTreeSet::new(), Uint128::zero());
    for node in nodes {
        let node = deps.api.addr_validate(node)?;
        let shares = SHARES.may_load_at_height(deps.storage, (&node, &delegator), height)?;
        let pool = POOLS.may_load_at_height(deps.storage, &node, height)?.unwrap_or_default().pool();
        let worth = pool.worth(shares.unwrap_or_default().u128());
        power = power.checked_add(worth.into())?;
        if let Some(twice) = seen.replace(node) {
            return Err(InputError::Duplicate { field: "nodes", found: twice.into() }.into());
        }
    }
    Ok(power)
}

pub(crate) fn total_power(deps: Deps<'_>, height: u64) -> Result<Uint128, ContractError> {
    Ok(STAKED.may_load_at_height(deps.storage, height)?.unwrap_or_default())
}

pub(crate) fn totals(deps: Deps<'_>) -> Result<TotalsResponse, ContractError> {
    Ok(state::totals(deps.storage)?)
}
