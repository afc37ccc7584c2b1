//! Instantiation, and what the owner does.

use bithive_api::meter::{Event, ExecuteMsg, InstantiateMsg, Params, limits};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{InputError, address, count, outside, within};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CONFIG, Config, MEMBERS, Members};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    let Params { period_seconds, credits_per_hour, per_period } = msg.params;
    let (least, most) = limits::PERIOD_SECONDS;
    within("period_seconds", period_seconds.into(), least.into()..=most.into())?;
    within("credits_per_hour", credits_per_hour.into(), 1..=limits::MAX_CREDITS_PER_HOUR.into())?;
    within("per_period", per_period.into(), 1..=limits::MAX_PER_PERIOD.into())?;
    delay::begin(deps.storage, env)?;
    let timebank = outside(deps.api, "timebank", &msg.timebank, &[&env.contract.address])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { timebank, params: msg.params })?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let ExecuteMsg::SetMembers { members, threshold } = msg else { return Ok(false) };
    checked(deps, members, *threshold)?;
    Ok(delay::waits(deps.storage, env)?)
}

pub(crate) fn set_members(
    deps: DepsMut<'_>,
    members: &[String],
    threshold: u8,
) -> Result<Response, ContractError> {
    let members = checked(deps.as_ref(), members, threshold)?;
    let event = Event::Members { members: members.len() as u64, threshold: threshold.into() };
    MEMBERS.save(deps.storage, &Members { members, threshold })?;
    Ok(Response::new().add_event(event))
}

fn checked(deps: Deps<'_>, members: &[String], threshold: u8) -> Result<Vec<Addr>, ContractError> {
    count("members", members.len(), 1..=limits::MAX_MEMBERS)?;
    // More than half: two groups that contradict each other can't both be enough.
    let least = (members.len() / 2).saturating_add(1);
    within("threshold", threshold.into(), least as u128..=members.len() as u128)?;
    let mut checked = Vec::<Addr>::new();
    for member in members {
        let member = address(deps.api, "members", member)?;
        if checked.contains(&member) {
            return Err(InputError::Duplicate { field: "members", found: member.into() }.into());
        }
        checked.push(member);
    }
    Ok(checked)
}
