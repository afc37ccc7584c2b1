//! Slashes reach what is staked and what is unbonding, in proportion.

use bithive_api::staking::{MAX_REASON, events};
use bithive_economics::Bps;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Uint128};
use cw20::Cw20ExecuteMsg;

use crate::ContractError;
use crate::state::{CONFIG, NODES, SLASHERS, StoredPool, UNBONDING, call, find, pay, pool, put_pool};

pub(crate) fn slash(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    node: &str,
    amount: Uint128,
    reason: &str,
) -> Result<Response, ContractError> {
    if !SLASHERS.has(deps.storage, sender) {
        return Err(ContractError::NotSlasher { sender: sender.into() });
    }
    let found = reason.chars().count();
    if found > MAX_REASON {
        return Err(ContractError::Reason { found, most: MAX_REASON });
    }
    if amount.is_zero() {
        return Err(ContractError::Zero { what: "the amount" });
    }
    let (address, mut node) = find(deps.storage, deps.api, node)?;
    let config = CONFIG.load(deps.storage)?;
    let (stake, unbonding) = (pool(deps.storage, &address)?, node.unbonding.pool());
    let whole = Uint128::new(stake.tokens).checked_add(unbonding.tokens.into())?;
    let amount = amount.min(whole);
    // Rounded down for one and thus up for the other: together they are the amount.
    let leaving = amount.checked_multiply_ratio(unbonding.tokens, whole.max(Uint128::one()));
    let leaving = leaving.unwrap_or_default().u128();
    let (unbonding, from_unbonding) = unbonding.slash(leaving);
    let (stake, from_stake) = stake.slash(amount.u128().saturating_sub(from_unbonding));
    put_pool(deps.storage, &address, stake, env.block.height)?;
    node.unbonding = unbonding.into();
    if unbonding.tokens == 0 && unbonding.shares > 0 {
        // Whoever leaves from now on starts anew: those shares are worth nothing for ever.
        node.unbonding = StoredPool::default();
        node.generation = node.generation.saturating_add(1);
    }
    let taken = Uint128::new(from_unbonding).checked_add(from_stake.into())?;
    node.slashed = node.slashed.checked_add(taken)?;
    NODES.save(deps.storage, &address, &node)?;
    let left = UNBONDING.load(deps.storage)?.checked_sub(from_unbonding.into())?;
    UNBONDING.save(deps.storage, &left)?;
    let burnt = Uint128::new(Bps::new("burn_bps", config.params.burn_bps)?.of(taken.u128()));
    let treasury = taken.checked_sub(burnt)?;
    let mut response = Response::new().add_event(
        Event::new(events::SLASHED)
            .add_attribute("node", &address)
            .add_attribute("taken", taken)
            .add_attribute("burnt", burnt)
            .add_attribute("from_unbonding", Uint128::new(from_unbonding))
            .add_attribute("reason", reason),
    );
    if !burnt.is_zero() {
        response = response.add_message(call(deps.storage, &Cw20ExecuteMsg::Burn { amount: burnt })?);
    }
    if !treasury.is_zero() {
        response = response.add_message(pay(deps.storage, &config.treasury, treasury)?);
    }
    Ok(response)
}
