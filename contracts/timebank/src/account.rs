//! What happens to an account's credits: deposits, jobs, interest.

use bithive_api::jobs::{Hook, Terms};
use bithive_api::timebank::Event;
use bithive_contract_kit::input::{address, positive};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::token;
use bithive_economics::escrow;
use cosmwasm_std::{Addr, Binary, DepsMut, Env, Response, Storage, Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;

use crate::ContractError;
use crate::ledger::{credit, current, day, debit};
use crate::state::{CONFIG, METERS, TOTALS};

pub(crate) fn deposit(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    account: &str,
    credits: u64,
) -> Result<Response, ContractError> {
    let mut meter = METERS.load(deps.storage, sender)?;
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    positive("the number of credits", credits.into())?;
    let account = address(deps.api, "account", account)?;
    meter.given = meter.given.after(day(env), credits, ("what the meter gives", meter.per_day))?;
    METERS.save(deps.storage, sender, &meter)?;
    credit(deps.storage, env, &account, credits)?;
    Ok(Response::new().add_event(Event::Deposited { account, meter: sender.clone(), credits }))
}

/// Posts a job for the sender, who assigns it and receives refunds, in BTT. The escrow is rounded up to whole credits;
/// the excess keeps backing the remaining credits.
pub(crate) fn spend(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    (vault, terms): (Binary, Box<Terms>),
    most: u64,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(storage)?;
    let (price, workers) = (terms.price, terms.workers);
    let refused = || ContractError::PriceOverflow { price, workers };
    let escrow = escrow(price.u128(), workers).ok_or_else(refused)?;
    let credits = escrow.div_ceil(config.params.price.u128().max(1));
    let credits = u64::try_from(credits).map_err(|_| refused())?;
    positive("the job's escrow", credits.into())?;
    if credits > most {
        return Err(ContractError::TooDear { credits, most });
    }
    let escrow = Uint128::new(escrow);
    debit(storage, env, sender, credits, escrow)?;
    let msg = to_json_binary(&Hook::PostFor { requester: sender.to_string(), vault, terms, bases: vec![] })?;
    let send = Cw20ExecuteMsg::Send { contract: config.jobs.to_string(), amount: escrow, msg };
    let event = Event::Spent { account: sender.clone(), credits, paid: escrow };
    Ok(Response::new().add_event(event).add_message(token::execute(&config.token, &send)?))
}

pub(crate) fn accrue(storage: &mut dyn Storage, env: &Env) -> Result<Response, ContractError> {
    let (_, totals) = current(storage, env)?;
    TOTALS.save(storage, &totals)?;
    Ok(Response::new().add_attribute("action", "accrue").add_attribute("days", totals.days.to_string()))
}
