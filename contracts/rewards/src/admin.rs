//! Instantiation, the budget, and what the owner does.

use bithive_api::rewards::{Hook, InstantiateMsg, Limits, Role, events};
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, Uint128, from_json};
use cw_ownable::{assert_owner, initialize_owner};
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::pay::{available, transfer};
use crate::state::{BUDGET, Budget, CONFIG, Config, PARTIES, Paid, TODAY};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    if !(2..=4).contains(&msg.approvals) {
        return Err(ContractError::Approvals { found: msg.approvals });
    }
    check(&msg.limits)?;
    let token = deps.api.addr_validate(&msg.token)?;
    let treasury = deps.api.addr_validate(&msg.treasury)?;
    if treasury == env.contract.address || treasury == token {
        return Err(ContractError::Recipient { address: treasury.into() });
    }
    let owner = deps.api.addr_validate(&msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let (approvals, limits) = (msg.approvals, msg.limits);
    CONFIG.save(deps.storage, &Config { token, treasury, approvals, limits })?;
    BUDGET.save(deps.storage, &Budget::default())?;
    TODAY.save(deps.storage, &Paid::default())?;
    Ok(Response::new())
}

fn check(limits: &Limits) -> Result<(), ContractError> {
    let Limits { patient_count, patient_amount: patient, total_amount: total } = *limits;
    if patient_count == 0 {
        return Err(ContractError::Zero { what: "patient_count" });
    }
    if patient.is_zero() {
        return Err(ContractError::Zero { what: "patient_amount" });
    }
    if total < patient { Err(ContractError::Limits { total, patient }) } else { Ok(()) }
}

/// A cw20 hook. Only the message's sender is proven: it must be BTT.
pub(crate) fn receive(
    deps: DepsMut<'_>,
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
    let mut budget = BUDGET.load(deps.storage)?;
    budget.funded = budget.funded.checked_add(hook.amount)?;
    BUDGET.save(deps.storage, &budget)?;
    let event =
        Event::new(events::FUNDED).add_attribute("sender", hook.sender).add_attribute("amount", hook.amount);
    Ok(Response::new().add_event(event))
}

pub(crate) fn return_budget(
    storage: &mut dyn Storage,
    sender: &Addr,
    amount: Uint128,
) -> Result<Response, ContractError> {
    assert_owner(storage, sender)?;
    if amount.is_zero() {
        return Err(ContractError::Zero { what: "the amount" });
    }
    let mut budget = BUDGET.load(storage)?;
    let available = available(&budget)?;
    if amount > available {
        return Err(ContractError::Budget { available, amount });
    }
    budget.returned = budget.returned.checked_add(amount)?;
    BUDGET.save(storage, &budget)?;
    let treasury = CONFIG.load(storage)?.treasury;
    let event = Event::new(events::RETURNED).add_attribute("amount", amount);
    Ok(Response::new().add_event(event).add_message(transfer(storage, &treasury, amount)?))
}

pub(crate) fn set_party(
    deps: DepsMut<'_>,
    sender: &Addr,
    address: &str,
    role: Option<Role>,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let address = deps.api.addr_validate(address)?;
    match role {
        Some(role) => PARTIES.save(deps.storage, &address, &role)?,
        None => PARTIES.remove(deps.storage, &address),
    }
    let role = role.map_or_else(|| "none".into(), |role| format!("{role:?}"));
    let event = Event::new(events::PARTY).add_attribute("party", address).add_attribute("role", role);
    Ok(Response::new().add_event(event))
}

pub(crate) fn set_limits(
    storage: &mut dyn Storage,
    sender: &Addr,
    limits: Limits,
) -> Result<Response, ContractError> {
    assert_owner(storage, sender)?;
    check(&limits)?;
    let config = CONFIG.load(storage)?;
    CONFIG.save(storage, &Config { limits, ..config })?;
    let event = Event::new(events::LIMITS)
        .add_attribute("patient_count", limits.patient_count.to_string())
        .add_attribute("patient_amount", limits.patient_amount)
        .add_attribute("total_amount", limits.total_amount);
    Ok(Response::new().add_event(event))
}
