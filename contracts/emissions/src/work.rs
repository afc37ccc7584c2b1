//! Contributors: work is counted by day, settled when the day has ended, and paid as it becomes due.

use bithive_api::emissions::{Event, MAX_CONTRIBUTORS, Work};
use bithive_api::staking;
use bithive_contract_kit::input::address;
use bithive_contract_kit::pause::is_paused;
use bithive_economics::work::{CEILING, DAYS as VESTING_DAYS, due};
use bithive_economics::{Bps, Bucket, Emission, pledge};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Order, Response, StdResult, Storage, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{
    ANNOUNCED, CONFIG, CONTRIBUTORS, Contributor, DAYS, Day, LAST_DAY, PAID, POINTS, STAKING, mint,
};

/// Work of today, and whose it is.
pub(crate) fn credit(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    contributor: &str,
    units: u64,
) -> Result<Response, ContractError> {
    let (emission, today) = open_day(deps.storage, env)?;
    let address = address(deps.api, "contributor", contributor)?;
    let mut contributor = CONTRIBUTORS.may_load(deps.storage, &address)?.unwrap_or_default();
    let counted = counted(deps.as_ref(), &address, &mut contributor, today, units)?;
    if counted == 0 {
        return Err(ContractError::NoWork);
    }
    count(deps.storage, today, units)?;
    settle(deps.storage, &emission, &address, &mut contributor, today)?;
    open(&mut contributor, today, counted)?;
    CONTRIBUTORS.save(deps.storage, &address, &contributor)?;
    let event = Event::Credited { contributor: address, meter: sender.clone(), day: today, units: counted };
    Ok(Response::new().add_event(event))
}

/// Work of today, nobody's yet. Announced rather than credited, because there may be too many contributors for one message,
/// and whoever settles a job must not choose the day whose others it shares with.
pub(crate) fn announce(
    storage: &mut dyn Storage,
    env: &Env,
    meter: &Addr,
    units: u64,
) -> Result<Response, ContractError> {
    let (_, day) = open_day(storage, env)?;
    if units == 0 {
        return Err(ContractError::NoWork);
    }
    count(storage, day, units)?;
    // Can't overflow: what a meter announced on a day is part of the day's units.
    let before = ANNOUNCED.may_load(storage, (meter, day))?.unwrap_or_default();
    ANNOUNCED.save(storage, (meter, day), &before.saturating_add(units))?;
    Ok(Response::new().add_event(Event::Announced { meter: meter.clone(), day, units }))
}

/// Whose the work is that was announced.
pub(crate) fn credit_announced(
    deps: DepsMut<'_>,
    env: &Env,
    meter: &Addr,
    at: u64,
    contributors: &[String],
    units: u64,
) -> Result<Response, ContractError> {
    let (emission, today) = open_day(deps.storage, env)?;
    if contributors.is_empty() || contributors.len() > MAX_CONTRIBUTORS {
        return Err(ContractError::Contributors { found: contributors.len() });
    }
    let day = emission.day(at).ok_or(ContractError::NotStarted { start: emission.start() })?;
    take(deps.storage, meter, day, contributors.len(), units)?;
    let mut response = Response::new();
    for text in contributors {
        let address = address(deps.api, "contributor", text)?;
        // Half of one unit is none. That keeps nobody else's from being credited.
        let mut contributor = CONTRIBUTORS.may_load(deps.storage, &address)?.unwrap_or_default();
        let counted = counted(deps.as_ref(), &address, &mut contributor, today, units)?;
        settle(deps.storage, &emission, &address, &mut contributor, today)?;
        if day == today {
            open(&mut contributor, today, counted)?;
        } else {
            let record = DAYS.load(deps.storage, day)?;
            let reward = record.reward(pool(&emission, day, &record), counted);
            add(deps.storage, &address, &mut contributor, today, reward)?;
        }
        CONTRIBUTORS.save(deps.storage, &address, &contributor)?;
        let meter = meter.clone();
        response = response.add_event(Event::Credited { contributor: address, meter, day, units: counted });
    }
    Ok(response)
}

/// Takes units for each of so many contributors out of what was announced on a day, so that nothing is credited twice.
fn take(
    storage: &mut dyn Storage,
    meter: &Addr,
    day: u64,
    contributors: usize,
    units: u64,
) -> Result<(), ContractError> {
    if units == 0 {
        return Err(ContractError::NoWork);
    }
    let left = ANNOUNCED.may_load(storage, (meter, day))?.unwrap_or_default();
    let all = u64::try_from(contributors).unwrap_or(u64::MAX).saturating_mul(units);
    match left.checked_sub(all) {
        None => Err(ContractError::NotAnnounced { meter: meter.into(), day, left, units: all }),
        Some(0) => {
            ANNOUNCED.remove(storage, (meter, day));
            Ok(())
        }
        Some(left) => Ok(ANNOUNCED.save(storage, (meter, day), &left)?),
    }
}

/// The emission and today, while work is credited.
fn open_day(storage: &dyn Storage, env: &Env) -> Result<(Emission, u64), ContractError> {
    if is_paused(storage)? {
        return Err(ContractError::Paused);
    }
    let config = CONFIG.load(storage)?;
    let emission = config.emission()?;
    let not_started = ContractError::NotStarted { start: config.start };
    let today = emission.day(env.block.time.seconds()).ok_or(not_started)?;
    match LAST_DAY.may_load(storage)? {
        Some(last) if last > today => Err(ContractError::TimeWentBack { day: today, last }),
        _ => Ok((emission, today)),
    }
}

/// The part of its work that a contributor is credited with: half where the pledge is below what is required, and of what is
/// beyond the capacity that is pledged for, rounded down. Who operates no node has pledged nothing. The other half earns nobody
/// anything.
fn counted(
    deps: Deps<'_>,
    address: &Addr,
    contributor: &mut Contributor,
    today: u64,
    units: u64,
) -> Result<u64, ContractError> {
    let Some(staking) = STAKING.may_load(deps.storage)? else { return Ok(units) };
    let query = staking::QueryMsg::Node { node: address.to_string() };
    let node: Option<staking::NodeResponse> = deps.querier.query_wasm_smart(staking, &query)?;
    let earning =
        node.as_ref().map_or(Ok(pledge::BELOW), |node| Bps::new("earning_bps", node.earning_bps))?;
    match node.filter(|_| earning == Bps::WHOLE) {
        Some(node) => {
            let used = contributor.used.as_ref().filter(|used| used.day == today);
            let before = used.map_or(0, |used| used.units);
            let (counted, whole) = pledge::within_capacity(units, before, node.tera);
            contributor.used = Some(Work { day: today, units: before.saturating_add(whole) });
            Ok(counted)
        }
        // Can't saturate: a part of 64 bits.
        None => Ok(u64::try_from(earning.of(units.into())).unwrap_or(units)),
    }
}

/// A day as it is kept, or as it would begin.
pub(crate) fn day_of(storage: &dyn Storage, day: u64) -> StdResult<Day> {
    let new = || Day { units: 0, first: day, ceiling: Some(CEILING.into()) };
    Ok(DAYS.may_load(storage, day)?.unwrap_or_else(new))
}

/// Adds to the work of today.
fn count(storage: &mut dyn Storage, today: u64, units: u64) -> Result<(), ContractError> {
    let day = day_of(storage, today)?;
    let units = day.units.checked_add(units).ok_or(ContractError::TooMuchWork { units })?;
    DAYS.save(storage, today, &Day { units, ..day })?;
    LAST_DAY.save(storage, &today)?;
    Ok(())
}

/// Adds to the work of a settled contributor. What is open then is of today.
fn open(contributor: &mut Contributor, today: u64, units: u64) -> Result<(), ContractError> {
    let before = contributor.open.as_ref().map_or(0, |work| work.units);
    let total = before.checked_add(units).ok_or(ContractError::TooMuchWork { units })?;
    contributor.open = (total > 0).then_some(Work { day: today, units: total });
    Ok(())
}

/// Adds what a settled contributor earned on an earlier day, to become due from today on.
fn add(
    storage: &mut dyn Storage,
    address: &Addr,
    contributor: &mut Contributor,
    today: u64,
    reward: u128,
) -> StdResult<()> {
    let point = match today.saturating_sub(contributor.at) {
        0 => contributor.point().plus(reward),
        days => contributor.point().after(days, reward),
    };
    contributor.at = today;
    (contributor.earned, contributor.sum) = (point.earned.into(), point.sum.into());
    POINTS.save(storage, (address, today), &(contributor.earned, contributor.sum))
}

/// What a day's work earns together at most: the contributors' emission of the day.
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
    Ok(Some((day, record.reward(pool(emission, day, &record), units))))
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
