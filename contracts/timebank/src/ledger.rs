//! The rule that every credit is funded, and every change of an account.
//!
//! Invariant: what all shares are owed, rounded up, times the price of a credit is at most `funded`. Interest is counted
//! for whole days, and only for as many as are funded; days that were not are lost, so that it doesn't matter when somebody
//! asks. Each function here keeps it.

use bithive_api::timebank::Params;
use bithive_economics::interest::{affordable, index, owed, shares_for, spend, worth};
use cosmwasm_std::{Addr, Env, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::state::{CONFIG, DAY, SHARES, TOTALS, Totals};

/// Day of the block, from 0 in 1970 (UTC).
#[must_use]
pub fn day(env: &Env) -> u64 {
    env.block.time.seconds().checked_div(DAY).unwrap_or_default()
}

/// Most credits that `funded` base units of BTT can back.
fn backed(params: &Params, funded: Uint128) -> u64 {
    let credits = funded.u128().checked_div(params.price.u128()).unwrap_or_default();
    u64::try_from(credits).unwrap_or(u64::MAX)
}

/// The totals with the interest of the days that have passed, without writing them.
///
/// # Errors
/// Storage.
pub fn current(storage: &dyn Storage, env: &Env) -> StdResult<(Params, Totals)> {
    let params = CONFIG.load(storage)?.params;
    let mut totals = TOTALS.load(storage)?;
    // A clock that goes back earns nothing, and nothing twice.
    let passed = day(env).saturating_sub(totals.today);
    let most = backed(&params, totals.funded);
    totals.days = affordable(totals.shares.u128(), params.interest_ppm, totals.days, passed, most);
    totals.today = totals.today.max(day(env));
    Ok((params, totals))
}

impl Totals {
    /// What a credit of the first day is worth now, in 2^-64 credits.
    #[must_use]
    pub fn index(&self, params: &Params) -> u128 {
        index(params.interest_ppm, self.days)
    }

    /// Credits of all accounts, rounded up.
    #[must_use]
    pub fn credits(&self, params: &Params) -> u64 {
        owed(self.shares.u128(), self.index(params)).unwrap_or(u64::MAX)
    }

    /// BTT that back them.
    ///
    /// # Errors
    /// Overflow, which the invariant excludes.
    pub fn owed(&self, params: &Params) -> Result<Uint128, ContractError> {
        Ok(params.price.checked_mul(self.credits(params).into())?)
    }
}

/// Makes credits, if they are funded.
///
/// # Errors
/// [`ContractError::NotFunded`].
pub fn credit(
    storage: &mut dyn Storage,
    env: &Env,
    account: &Addr,
    credits: u64,
) -> Result<(), ContractError> {
    let (params, mut totals) = current(storage, env)?;
    let most = backed(&params, totals.funded);
    // What is owed is rounded up, for which one credit is kept back.
    let room = most.saturating_sub(totals.credits(&params).max(1));
    let bought = shares_for(credits, totals.index(&params)).filter(|_| credits <= room);
    let bought = Uint128::new(bought.ok_or(ContractError::NotFunded { credits, room })?);
    totals.shares = totals.shares.checked_add(bought)?;
    if totals.credits(&params) > most {
        return Err(ContractError::NotFunded { credits, room: room.min(credits.saturating_sub(1)) });
    }
    let held = SHARES.may_load(storage, account)?.unwrap_or_default().checked_add(bought)?;
    SHARES.save(storage, account, &held)?;
    Ok(TOTALS.save(storage, &totals)?)
}

/// Takes credits, and as much BTT out of what backs them.
///
/// # Errors
/// [`ContractError::NotEnough`].
pub fn debit(
    storage: &mut dyn Storage,
    env: &Env,
    account: &Addr,
    credits: u64,
    paid: Uint128,
) -> Result<(), ContractError> {
    let (params, mut totals) = current(storage, env)?;
    let index = totals.index(&params);
    let held = SHARES.may_load(storage, account)?.unwrap_or_default();
    let not_enough = || ContractError::NotEnough {
        address: account.to_string(),
        found: worth(held.u128(), index).unwrap_or(u64::MAX),
        credits,
    };
    let left = Uint128::new(spend(held.u128(), credits, index).ok_or_else(not_enough)?);
    totals.shares = totals.shares.checked_sub(held.checked_sub(left)?)?;
    totals.funded = totals.funded.checked_sub(paid)?;
    if left.is_zero() {
        SHARES.remove(storage, account);
    } else {
        SHARES.save(storage, account, &left)?;
    }
    Ok(TOTALS.save(storage, &totals)?)
}
