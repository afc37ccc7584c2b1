//! Contributors: work is credited by day, settled when the day has ended, and paid as it becomes due.

use bithive_api::emissions::{Event, Work};
use bithive_api::staking;
use bithive_contract_kit::input::address;
use bithive_contract_kit::pause::is_paused;
use bithive_economics::work::{DAYS as VESTING_DAYS, due, reward};
use bithive_economics::{Bps, Bucket, Emission, pledge};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Order, Response, StdResult, Storage, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{CONFIG, CONTRIBUTORS, Contributor, DAYS, Day, LAST_DAY, PAID, POINTS, STAKING, mint};

pub(crate) fn credit(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    contributor: &str,
    units: u64,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    let config = CONFIG.load(deps.storage)?;
    let address = address(deps.api, "contributor", contributor)?;
    let units = counted(deps.as_ref(), &address, units)?;
    let emission = config.emission()?;
    let not_started = ContractError::NotStarted { start: config.start };
    let day = emission.day(env.block.time.seconds()).ok_or(not_started)?;
    count(deps.storage, day, units)?;
    let mut contributor = CONTRIBUTORS.may_load(deps.storage, &address)?.unwrap_or_default();
    settle(deps.storage, &emission, &address, &mut contributor, day)?;
    // Open work is today's: earlier days were settled, and `count` refuses a day before the last.
    let before = contributor.open.map_or(0, |work| work.units);
    let total = before.checked_add(units).ok_or(ContractError::TooMuchWork { units })?;
    contributor.open = Some(Work { day, units: total });
    CONTRIBUTORS.save(deps.storage, &address, &contributor)?;
    let event = Event::Credited { contributor: address, meter: sender.clone(), day, units };
    Ok(Response::new().add_event(event))
}

/// The part of its work that a contributor is credited for: half where the pledge is below what is required, rounded
/// down. Who operates no node has pledged nothing.
fn counted(deps: Deps<'_>, contributor: &Addr, units: u64) -> Result<u64, ContractError> {
    let earning = match STAKING.may_load(deps.storage)? {
        None => Bps::WHOLE,
        Some(staking) => {
            let query = staking::QueryMsg::Node { node: contributor.to_string() };
            let node: Option<staking::NodeResponse> = deps.querier.query_wasm_smart(staking, &query)?;
            node.map_or(Ok(pledge::BELOW), |node| Bps::new("earning_bps", node.earning_bps))?
        }
    };
    match u64::try_from(earning.of(units.into())) {
        Ok(0) | Err(_) => Err(ContractError::NoWork),
        Ok(units) => Ok(units),
    }
}

/// Adds to the work of a day, the last one or a later one.
fn count(storage: &mut dyn Storage, day: u64, units: u64) -> Result<(), ContractError> {
    let last = LAST_DAY.may_load(storage)?;
    if let Some(last) = last.filter(|last| *last > day) {
        return Err(ContractError::TimeWentBack { day, last });
    }
    let first = last.map_or(0, |last| last.saturating_add(1));
    let today = DAYS.may_load(storage, day)?.unwrap_or(Day { units: 0, first });
    let units = today.units.checked_add(units).ok_or(ContractError::TooMuchWork { units })?;
    DAYS.save(storage, day, &Day { units, ..today })?;
    LAST_DAY.save(storage, &day)?;
    Ok(())
}

/// What a day's work earns together: the contributors' emission since the last day with work.
pub(crate) fn pool(emission: &Emission, day: u64, record: &Day) -> u128 {
    let by = |day| emission.of(Bucket::Contributors, emission.day_begins(day));
    // Can't saturate: the emission never falls.
    by(day.saturating_add(1)).saturating_sub(by(record.first))
}

/// What the open work earns, once its day has ended.
fn open_reward(
    storage: &dyn Storage,
    emission: &Emission,
    contributor: &Contributor,
    today: u64,
) -> StdResult<Option<(u64, u128)>> {
    let Some(Work { day, units }) = contributor.open.clone().filter(|work| work.day < today) else {
        return Ok(None);
    };
    let record = DAYS.load(storage, day)?;
    Ok(Some((day, reward(pool(emission, day, &record), units, record.units))))
}

/// Moves the work of a day that has ended to what was earned. Returns the contributor as of `today`.
fn settled(
    storage: &dyn Storage,
    emission: &Emission,
    mut contributor: Contributor,
    today: u64,
) -> StdResult<Contributor> {
    if let Some((day, reward)) = open_reward(storage, emission, &contributor, today)? {
        let at = day.saturating_add(1);
        let point = contributor.point().after(at.saturating_sub(contributor.at), reward);
        (contributor.at, contributor.open) = (at, None);
        (contributor.earned, contributor.sum) = (point.earned.into(), point.sum.into());
    }
    Ok(contributor)
}

fn settle(
    storage: &mut dyn Storage,
    emission: &Emission,
    address: &Addr,
    contributor: &mut Contributor,
    today: u64,
) -> StdResult<()> {
    *contributor = settled(storage, emission, contributor.clone(), today)?;
    if contributor.at > 0 {
        POINTS.save(storage, (address, contributor.at), &(contributor.earned, contributor.sum))?;
    }
    Ok(())
}

pub(crate) fn claim(deps: DepsMut<'_>, env: &Env, contributor: &str) -> Result<Response, ContractError> {
    let address = address(deps.api, "contributor", contributor)?;
    let nothing = || ContractError::NothingDue { recipient: address.to_string() };
    let mut contributor = CONTRIBUTORS.may_load(deps.storage, &address)?.ok_or_else(nothing)?;
    let emission = CONFIG.load(deps.storage)?.emission()?;
    let today = emission.day(env.block.time.seconds()).ok_or_else(nothing)?;
    settle(deps.storage, &emission, &address, &mut contributor, today)?;
    let due = due_by(deps.storage, &address, &contributor, today)?;
    if due.is_zero() {
        return Err(nothing());
    }
    contributor.claimed = contributor.claimed.checked_add(due)?;
    CONTRIBUTORS.save(deps.storage, &address, &contributor)?;
    let mut paid = PAID.load(deps.storage)?;
    paid.claimed = paid.claimed.checked_add(due)?;
    PAID.save(deps.storage, &paid)?;
    let message = mint(deps.storage, &address, due)?;
    let event = Event::Claimed { contributor: address, amount: due };
    Ok(Response::new().add_event(event).add_message(message))
}

/// What a settled contributor can claim at the beginning of `today`.
fn due_by(
    storage: &dyn Storage,
    address: &Addr,
    contributor: &Contributor,
    today: u64,
) -> StdResult<Uint128> {
    let sum_at = |back: u64| -> StdResult<u128> {
        let Some(day) = today.checked_sub(back) else { return Ok(0) };
        if day >= contributor.at {
            return Ok(contributor.point().sum_after(day.saturating_sub(contributor.at)));
        }
        let points = POINTS.prefix(address);
        let last = points.range(storage, None, Some(Bound::inclusive(day)), Order::Descending).next();
        Ok(last.transpose()?.map_or(0, |(at, (earned, sum))| {
            let (earned, sum) = (earned.u128(), sum.u128());
            bithive_economics::work::Point { earned, sum }.sum_after(day.saturating_sub(at))
        }))
    };
    let total = due(contributor.earned.u128(), sum_at(1)?, sum_at(VESTING_DAYS.saturating_add(1))?);
    // If the clock goes back, nothing is due: what was paid stays paid.
    Ok(Uint128::new(total).saturating_sub(contributor.claimed))
}

/// The contributor settled up to `now`, and what it can claim.
pub(crate) fn current(
    storage: &dyn Storage,
    address: &Addr,
    now: u64,
) -> Result<(Contributor, Uint128), ContractError> {
    let contributor = CONTRIBUTORS.may_load(storage, address)?.unwrap_or_default();
    let emission = CONFIG.load(storage)?.emission()?;
    let Some(today) = emission.day(now) else { return Ok((contributor, Uint128::zero())) };
    let contributor = settled(storage, &emission, contributor, today)?;
    let due = due_by(storage, address, &contributor, today)?;
    Ok((contributor, due))
}
