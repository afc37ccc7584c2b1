//! Slashes reach what is staked and what is unbonding, in proportion.

use bithive_api::staking::{Event, limits};
use bithive_contract_kit::input::{positive, text};
use bithive_contract_kit::token;
use bithive_economics::Bps;
use cosmwasm_std::{DepsMut, Env, Response, Uint128};

use crate::ContractError;
use crate::state::{CONFIG, NODES, StoredPool, UNBONDING, find, pool, put_pool};

pub(crate) fn slash(
    deps: DepsMut<'_>,
    env: &Env,
    node: &str,
    amount: Uint128,
    reason: &str,
) -> Result<Response, ContractError> {
    text("the reason", reason, limits::MAX_REASON)?;
    positive("the amount", amount)?;
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
        // A new generation for later unbondings; shares of the old one stay worth nothing.
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
    let (from_unbonding, reason) = (from_unbonding.into(), reason.into());
    let event = Event::Slashed { node: address, taken, burnt, from_unbonding, reason };
    let mut response = Response::new().add_event(event);
    if !burnt.is_zero() {
        response = response.add_message(token::burn(&config.token, burnt)?);
    }
    if !treasury.is_zero() {
        response = response.add_message(token::transfer(&config.token, &config.treasury, treasury)?);
    }
    Ok(response)
}
