//! Instantiation, funding, and what the owner does.

use bithive_api::timebank::{
    Hook, InstantiateMsg, MAX_BOINC_RATE, MAX_INTEREST_PPM, MAX_PRICE, Params, events,
};
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, Uint128, from_json, wasm_execute};
use cw_ownable::{assert_owner, initialize_owner};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

use crate::ContractError;
use crate::ledger::{day, outlook};
use crate::state::{CONFIG, Config, Daily, IMPORTED, METERS, Meter, TOTALS, Totals};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    check(&msg.params)?;
    let token = deps.api.addr_validate(&msg.token)?;
    let other = |what, text: &str| {
        let address = deps.api.addr_validate(text)?;
        if address == env.contract.address || address == token {
            let expected = "an account other than this contract and BTT";
            return Err(ContractError::Address { address: address.into(), what, expected });
        }
        Ok(address)
    };
    let (jobs, treasury) = (other("the jobs contract", &msg.jobs)?, other("the treasury", &msg.treasury)?);
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { token, jobs, treasury, params: msg.params })?;
    let zero = Uint128::zero();
    TOTALS.save(deps.storage, &Totals { funded: zero, shares: zero, days: 0, today: day(env) })?;
    IMPORTED.save(deps.storage, &Daily::default())?;
    Ok(Response::new())
}

fn check(params: &Params) -> Result<(), ContractError> {
    let within = |field, found: u128, least: u128, most: u128| {
        if (least..=most).contains(&found) {
            Ok(())
        } else {
            Err(ContractError::OutOfBounds { field, found, least, most })
        }
    };
    within("price", params.price.u128(), 1, MAX_PRICE.u128())?;
    within("interest_ppm", params.interest_ppm.into(), 0, MAX_INTEREST_PPM.into())?;
    within("boinc_rate", params.boinc_rate.into(), 1, MAX_BOINC_RATE.into())
}

/// A cw20 hook. Only the message's sender is proven: it must be BTT.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let token = CONFIG.load(deps.storage)?.token;
    if *sender != token {
        return Err(ContractError::WrongToken { sender: sender.into(), token: token.into() });
    }
    if hook.amount.is_zero() {
        return Err(ContractError::Zero { what: "the amount" });
    }
    let Hook::Fund {} = from_json(&hook.msg)?;
    // The days before are counted with what there was: later funding does not pay for them.
    let (_, mut totals) = outlook(deps.storage, env)?;
    totals.funded = totals.funded.checked_add(hook.amount)?;
    TOTALS.save(deps.storage, &totals)?;
    let event =
        Event::new(events::FUNDED).add_attribute("sender", hook.sender).add_attribute("amount", hook.amount);
    Ok(Response::new().add_event(event))
}

pub(crate) fn return_funds(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    amount: Uint128,
) -> Result<Response, ContractError> {
    assert_owner(storage, sender)?;
    if amount.is_zero() {
        return Err(ContractError::Zero { what: "the amount" });
    }
    let (params, mut totals) = outlook(storage, env)?;
    let available = totals.funded.checked_sub(totals.owed(&params)?)?;
    if amount > available {
        return Err(ContractError::Needed { available, amount });
    }
    totals.funded = totals.funded.checked_sub(amount)?;
    TOTALS.save(storage, &totals)?;
    let config = CONFIG.load(storage)?;
    let transfer = Cw20ExecuteMsg::Transfer { recipient: config.treasury.into(), amount };
    let event = Event::new(events::RETURNED).add_attribute("amount", amount);
    Ok(Response::new().add_event(event).add_message(wasm_execute(config.token, &transfer, vec![])?))
}

/// Meters are contracts: a person could credit itself without a rule.
pub(crate) fn set_meter(
    deps: DepsMut<'_>,
    sender: &Addr,
    meter: &str,
    per_day: Option<u64>,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let address = deps.api.addr_validate(meter)?;
    let event = Event::new(events::METER).add_attribute("meter", &address);
    let Some(per_day) = per_day else {
        METERS.remove(deps.storage, &address);
        return Ok(Response::new().add_event(event.add_attribute("allowed", "false")));
    };
    if per_day == 0 {
        return Err(ContractError::Zero { what: "per_day" });
    }
    if deps.querier.query_wasm_contract_info(&address).is_err() {
        let (address, expected) = (address.into(), "a contract");
        return Err(ContractError::Address { address, what: "a meter", expected });
    }
    // Another bound is no second day.
    let given = METERS.may_load(deps.storage, &address)?.map(|meter| meter.given).unwrap_or_default();
    METERS.save(deps.storage, &address, &Meter { per_day, given })?;
    Ok(Response::new().add_event(event.add_attribute("per_day", per_day.to_string())))
}
