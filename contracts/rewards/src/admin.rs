//! Instantiation, the budget and what fills it, and what the owner does.

use bithive_api::event::OrNone;
use bithive_api::rewards::{Event, ExecuteMsg, Hook, InstantiateMsg, Limits, Role, limits};
use bithive_contract_kit::input::{self, address, outside, positive, within};
use bithive_contract_kit::{delay, source, token};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Storage, SubMsg, Uint128, to_json_binary};
use cw_ownable::initialize_owner;
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::pay::{available, transfer};
use crate::state::{BUDGET, Budget, CONFIG, Config, PARTIES, Paid, TODAY};

/// A source has paid what it owed; the payload is its address.
pub(crate) const COLLECT_REPLY: u64 = 1;

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let (least, most) = limits::APPROVALS;
    within("approvals", msg.approvals.into(), least.into()..=most.into())?;
    check(&msg.limits)?;
    delay::begin(deps.storage, env)?;
    let token = address(deps.api, "token", &msg.token)?;
    let treasury = outside(deps.api, "treasury", &msg.treasury, &[&env.contract.address, &token])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let (approvals, limits) = (msg.approvals, msg.limits);
    CONFIG.save(deps.storage, &Config { token, treasury, approvals, limits })?;
    BUDGET.save(deps.storage, &Budget::default())?;
    TODAY.save(deps.storage, &Paid::default())?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. Taking a role back is a brake, and takes
/// effect at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let setting = matches!(msg, ExecuteMsg::SetParty { role: Some(_), .. } | ExecuteMsg::SetLimits(_));
    Ok(setting && delay::waits(deps.storage, env)?)
}

fn check(limits: &Limits) -> Result<(), ContractError> {
    let Limits { patient_count, patient_amount: patient, total_amount: total } = *limits;
    positive("patient_count", patient_count.into())?;
    positive("patient_amount", patient)?;
    if total < patient { Err(ContractError::Limits { total, patient }) } else { Ok(()) }
}

/// A cw20 hook. Only the message's sender is proven: it must be BTT.
pub(crate) fn receive(deps: DepsMut<'_>, hook: &Cw20ReceiveMsg) -> Result<Response, ContractError> {
    positive("the amount", hook.amount)?;
    let (account, Hook::Fund {}) = token::hook(deps.api, hook)?;
    let mut budget = BUDGET.load(deps.storage)?;
    budget.funded = budget.funded.checked_add(hook.amount)?;
    BUDGET.save(deps.storage, &budget)?;
    Ok(Response::new().add_event(Event::Funded { sender: account, amount: hook.amount }))
}

/// Only of contracts that the owner has named: the contract acts here for anybody.
pub(crate) fn collect(deps: DepsMut<'_>, source: &str) -> Result<Response, ContractError> {
    let source = address(deps.api, "source", source)?;
    let withdraw = source::withdraw::<ContractError>(deps.storage, &source)?;
    let withdraw = SubMsg::reply_on_success(withdraw, COLLECT_REPLY).with_payload(to_json_binary(&source)?);
    Ok(Response::new().add_submessage(withdraw))
}

/// What came is the difference to the balance, whatever the source says of it and whatever else happened meanwhile. BTT
/// that were sent without a hook before count from here on, too.
pub(crate) fn collected(deps: DepsMut<'_>, env: &Env, source: Addr) -> Result<Response, ContractError> {
    let token = CONFIG.load(deps.storage)?.token;
    let held = token::balance(deps.querier, &token, &env.contract.address)?;
    let mut budget = BUDGET.load(deps.storage)?;
    let amount = held.checked_sub(available(&budget)?)?;
    budget.funded = budget.funded.checked_add(amount)?;
    BUDGET.save(deps.storage, &budget)?;
    Ok(Response::new().add_event(Event::Collected { source, amount }))
}

pub(crate) fn return_budget(storage: &mut dyn Storage, amount: Uint128) -> Result<Response, ContractError> {
    positive("the amount", amount)?;
    let mut budget = BUDGET.load(storage)?;
    let available = available(&budget)?;
    if amount > available {
        return Err(ContractError::Funds { available, amount });
    }
    budget.returned = budget.returned.checked_add(amount)?;
    BUDGET.save(storage, &budget)?;
    let treasury = CONFIG.load(storage)?.treasury;
    Ok(Response::new()
        .add_event(Event::Returned { amount })
        .add_message(transfer(storage, &treasury, amount)?))
}

pub(crate) fn set_party(
    deps: DepsMut<'_>,
    address: &str,
    role: Option<Role>,
) -> Result<Response, ContractError> {
    let address = input::address(deps.api, "address", address)?;
    match role {
        Some(role) => PARTIES.save(deps.storage, &address, &role)?,
        None => PARTIES.remove(deps.storage, &address),
    }
    Ok(Response::new().add_event(Event::Party { party: address, role: OrNone(role) }))
}

pub(crate) fn set_limits(storage: &mut dyn Storage, limits: Limits) -> Result<Response, ContractError> {
    check(&limits)?;
    let config = CONFIG.load(storage)?;
    CONFIG.save(storage, &Config { limits, ..config })?;
    let Limits { patient_count, patient_amount, total_amount } = limits;
    Ok(Response::new().add_event(Event::Limits { patient_count, patient_amount, total_amount }))
}

pub(crate) fn set_source(
    deps: DepsMut<'_>,
    env: &Env,
    source: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    let token = CONFIG.load(deps.storage)?.token;
    let source = outside(deps.api, "source", source, &[&env.contract.address, &token])?;
    source::set(deps.storage, &source, allowed)?;
    Ok(Response::new().add_event(Event::Source { source, allowed }))
}
