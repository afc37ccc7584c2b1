//! Payments, within the budget and the limits of the day.

use bithive_api::rewards::Event;
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, CosmosMsg, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::state::{BUDGET, Budget, CARE, CONFIG, DAY, PATIENTS, Paid, Proposal, TODAY, formula};

/// What is left of the budget.
pub(crate) fn available(budget: &Budget) -> Result<Uint128, ContractError> {
    Ok(budget.funded.checked_sub(budget.paid)?.checked_sub(budget.returned)?)
}

/// Day of the block, from 0 in 1970 (UTC).
pub(crate) fn day(env: &Env) -> u64 {
    env.block.time.seconds().checked_div(DAY).unwrap_or_default()
}

/// Pays a proposal that has its approvals. The caller has removed it.
pub(crate) fn pay(
    storage: &mut dyn Storage,
    env: &Env,
    id: u64,
    proposal: &Proposal,
) -> Result<Response, ContractError> {
    let (amount, patient) = (proposal.amount, &proposal.patient);
    let limits = CONFIG.load(storage)?.limits;
    let mut budget = BUDGET.load(storage)?;
    let available = available(&budget)?;
    if amount > available {
        return Err(ContractError::Funds { available, amount });
    }
    let daily = formula(proposal.activity).is_daily();
    if daily {
        once_a_day(storage, proposal, day(env))?;
    }
    let today = TODAY.load(storage)?.on(day(env));
    let own = PATIENTS.may_load(storage, patient)?.unwrap_or_default().on(day(env));
    let within = |limit, most: Uint128, used: Uint128, amount: Uint128| {
        let sum = used.checked_add(amount)?;
        if sum > most { Err(ContractError::DailyLimit { limit, most, used, amount }) } else { Ok(()) }
    };
    let one = Uint128::one();
    within("a patient's number of rewards", limits.patient_count.into(), own.count.into(), one)?;
    within("a patient's amount", limits.patient_amount, own.amount, amount)?;
    within("the amount of all patients", limits.total_amount, today.amount, amount)?;
    if daily {
        CARE.save(storage, patient, &day(env))?;
    }
    TODAY.save(storage, &add(today, amount)?)?;
    PATIENTS.save(storage, patient, &add(own, amount)?)?;
    budget.paid = budget.paid.checked_add(amount)?;
    BUDGET.save(storage, &budget)?;
    let event = Event::Paid { id, patient: patient.clone(), amount };
    Ok(Response::new().add_event(event).add_message(transfer(storage, patient, amount)?))
}

/// The range of chronic care is for a day, whatever the day's other limits permit.
fn once_a_day(storage: &dyn Storage, proposal: &Proposal, today: u64) -> Result<(), ContractError> {
    let Proposal { patient, activity, .. } = proposal;
    match CARE.may_load(storage, patient)? {
        // A clock that goes back stays on the day that was rewarded.
        Some(day) if day >= today => {
            Err(ContractError::OnceADay { patient: patient.into(), activity: *activity, day })
        }
        _ => Ok(()),
    }
}

fn add(paid: Paid, amount: Uint128) -> Result<Paid, ContractError> {
    let Paid { day, amount: before, count, total } = paid;
    Ok(Paid {
        day,
        amount: before.checked_add(amount)?,
        // All patients together can have more than 65,535 a day; nothing limits that number.
        count: count.saturating_add(1),
        total: total.checked_add(amount)?,
    })
}

pub(crate) fn transfer(
    storage: &dyn Storage,
    recipient: &Addr,
    amount: Uint128,
) -> Result<CosmosMsg, ContractError> {
    Ok(token::transfer(&CONFIG.load(storage)?.token, recipient, amount)?.into())
}
