//! Instantiation, funding, and what the owner does.

use bithive_api::timebank::{DailyCredits, Event, ExecuteMsg, Hook, InstantiateMsg, Params, limits};
use bithive_contract_kit::input::{self, address, outside, positive, within};
use bithive_contract_kit::{delay, token};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Storage, Uint128};
use cw_ownable::initialize_owner;
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::ledger::{current, day};
use crate::state::{CONFIG, Config, Daily, IMPORTED, METERS, Meter, TOTALS, Totals};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    check(&msg.params)?;
    delay::begin(deps.storage, env)?;
    let token = address(deps.api, "token", &msg.token)?;
    let other = |field, text: &str| outside(deps.api, field, text, &[&env.contract.address, &token]);
    let (jobs, treasury) = (other("jobs", &msg.jobs)?, other("treasury", &msg.treasury)?);
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { token, jobs, treasury, params: msg.params })?;
    let zero = Uint128::zero();
    TOTALS.save(deps.storage, &Totals { funded: zero, shares: zero, days: 0, today: day(env) })?;
    IMPORTED.save(deps.storage, &Daily::default())?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. Removing a meter is a brake, and
/// takes effect at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let setting = match msg {
        ExecuteMsg::SetMeter { meter, per_day: Some(per_day) } => {
            positive("per_day", (*per_day).into())?;
            expect_contract(deps, &address(deps.api, "meter", meter)?)?;
            true
        }
        ExecuteMsg::SetOracles { .. } => true,
        _ => false,
    };
    Ok(setting && delay::waits(deps.storage, env)?)
}

fn check(params: &Params) -> Result<(), ContractError> {
    within("price", params.price.u128(), 1..=limits::MAX_PRICE.u128())?;
    within("interest_ppm", params.interest_ppm.into(), 0..=limits::MAX_INTEREST_PPM.into())?;
    Ok(within("boinc_rate", params.boinc_rate.into(), 1..=limits::MAX_BOINC_RATE.into())?)
}

/// A cw20 hook. Only the message's sender is proven: it must be BTT.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    hook: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    positive("the amount", hook.amount)?;
    let (account, Hook::Fund {}) = token::hook(deps.api, hook)?;
    // The days before are counted with what there was: later funding does not pay for them.
    let (_, mut totals) = current(deps.storage, env)?;
    totals.funded = totals.funded.checked_add(hook.amount)?;
    TOTALS.save(deps.storage, &totals)?;
    Ok(Response::new().add_event(Event::Funded { sender: account, amount: hook.amount }))
}

pub(crate) fn return_funds(
    storage: &mut dyn Storage,
    env: &Env,
    amount: Uint128,
) -> Result<Response, ContractError> {
    positive("the amount", amount)?;
    let (params, mut totals) = current(storage, env)?;
    let available = totals.funded.checked_sub(totals.owed(&params)?)?;
    if amount > available {
        return Err(ContractError::Funds { available, amount });
    }
    totals.funded = totals.funded.checked_sub(amount)?;
    TOTALS.save(storage, &totals)?;
    let config = CONFIG.load(storage)?;
    let message = token::transfer(&config.token, &config.treasury, amount)?;
    Ok(Response::new().add_event(Event::Returned { amount }).add_message(message))
}

fn expect_contract(deps: Deps<'_>, meter: &Addr) -> Result<(), ContractError> {
    match deps.querier.query_wasm_contract_info(meter) {
        Ok(_) => Ok(()),
        Err(_) => Err(ContractError::PersonalMeter { meter: meter.into() }),
    }
}

/// Meters are contracts: a person could credit itself without a rule.
pub(crate) fn set_meter(
    deps: DepsMut<'_>,
    meter: &str,
    per_day: Option<u64>,
) -> Result<Response, ContractError> {
    let address = input::address(deps.api, "meter", meter)?;
    let Some(per_day) = per_day else {
        METERS.remove(deps.storage, &address);
        let event = Event::Meter { meter: address, per_day: DailyCredits(None) };
        return Ok(Response::new().add_event(event));
    };
    positive("per_day", per_day.into())?;
    expect_contract(deps.as_ref(), &address)?;
    // What was credited today stays counted: a new bound must not allow a second day's worth.
    let given = METERS.may_load(deps.storage, &address)?.map(|meter| meter.given).unwrap_or_default();
    METERS.save(deps.storage, &address, &Meter { per_day, given })?;
    let event = Event::Meter { meter: address, per_day: DailyCredits(Some(per_day)) };
    Ok(Response::new().add_event(event))
}
