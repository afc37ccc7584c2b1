//! What happens to an account's credits: deposits, jobs, interest.

use bithive_api::jobs::{JobTerms, ReceiveMsg};
use bithive_api::timebank::events;
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, Uint128, to_json_binary, wasm_execute};
use cw20::Cw20ExecuteMsg;

use crate::ContractError;
use crate::ledger::{credit, day, debit, outlook};
use crate::state::{CONFIG, METERS, TOTALS};

pub(crate) fn deposit(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    account: &str,
    credits: u64,
) -> Result<Response, ContractError> {
    let not_meter = || ContractError::NotMeter { sender: sender.to_string() };
    let mut meter = METERS.may_load(deps.storage, sender)?.ok_or_else(not_meter)?;
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    if credits == 0 {
        return Err(ContractError::Zero { what: "the number of credits" });
    }
    let account = deps.api.addr_validate(account)?;
    meter.given = meter.given.after(day(env), credits, ("what the meter gives", meter.per_day))?;
    METERS.save(deps.storage, sender, &meter)?;
    credit(deps.storage, env, &account, credits)?;
    let event = Event::new(events::DEPOSITED)
        .add_attribute("account", account)
        .add_attribute("meter", sender)
        .add_attribute("credits", credits.to_string());
    Ok(Response::new().add_event(event))
}

/// The job is posted for the sender, who assigns it and is refunded: the credits have then become BTT of its own. They
/// pay at least the escrow, rounded up to whole credits; what is over stays with those that are left.
pub(crate) fn spend(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    terms: Box<JobTerms>,
    most: u64,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(storage)?;
    let (price, workers) = (terms.price, terms.workers);
    let refused = || ContractError::Escrow { price, workers };
    let escrow = price.checked_mul(Uint128::from(workers)).map_err(|_| refused())?;
    let credits = escrow.u128().div_ceil(config.params.price.u128().max(1));
    let credits = u64::try_from(credits).map_err(|_| refused())?;
    if credits == 0 {
        return Err(ContractError::Zero { what: "the job's escrow" });
    }
    if credits > most {
        return Err(ContractError::TooDear { credits, most });
    }
    debit(storage, env, sender, credits, escrow)?;
    let msg = to_json_binary(&ReceiveMsg::PostFor { requester: sender.to_string(), terms })?;
    let send = Cw20ExecuteMsg::Send { contract: config.jobs.to_string(), amount: escrow, msg };
    let event = Event::new(events::SPENT)
        .add_attribute("account", sender)
        .add_attribute("credits", credits.to_string())
        .add_attribute("paid", escrow);
    Ok(Response::new().add_event(event).add_message(wasm_execute(&config.token, &send, vec![])?))
}

pub(crate) fn accrue(storage: &mut dyn Storage, env: &Env) -> Result<Response, ContractError> {
    let (_, totals) = outlook(storage, env)?;
    TOTALS.save(storage, &totals)?;
    Ok(Response::new().add_attribute("action", "accrue").add_attribute("days", totals.days.to_string()))
}
