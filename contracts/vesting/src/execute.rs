//! One function for each message.

use bithive_api::vesting::{Hook, Schedule, events};
use cosmwasm_std::{
    Addr, CosmosMsg, DepsMut, Env, Event, Response, Storage, Uint128, WasmMsg, from_json, to_json_binary,
};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

use crate::ContractError;
use crate::state::{BY_OWNER, HELD, NEXT_ID, Position, checked, position, put};

type Outcome = Result<Response, ContractError>;

/// Tokens that arrive. Only the message's sender is proven, so it is the token that the position is in: who makes up
/// a token makes up positions of it, and nothing else.
pub(crate) fn receive(deps: DepsMut<'_>, env: &Env, token: Addr, hook: Cw20ReceiveMsg) -> Outcome {
    let sender = deps.api.addr_validate(&hook.sender)?;
    let Hook::Lock { owner, schedule, revocable } = from_json(&hook.msg)?;
    let owner = deps.api.addr_validate(&owner)?;
    if owner == env.contract.address {
        return Err(ContractError::OwnedByContract);
    }
    let revoker = revocable.then_some(sender);
    lock(deps.storage, token, owner, revoker, hook.amount, schedule)
}

fn lock(
    storage: &mut dyn Storage,
    token: Addr,
    owner: Addr,
    revoker: Option<Addr>,
    total: Uint128,
    schedule: Schedule,
) -> Outcome {
    if total.is_zero() {
        return Err(ContractError::NothingLocked);
    }
    let end = checked(&schedule)?.end();
    let id = NEXT_ID.may_load(storage)?.unwrap_or(1);
    NEXT_ID.save(storage, &id.saturating_add(1))?;
    let held = HELD.may_load(storage, &token)?.unwrap_or_default().checked_add(total)?;
    HELD.save(storage, &token, &held)?;
    let event = Event::new(events::LOCKED)
        .add_attribute("id", id.to_string())
        .add_attribute("token", &token)
        .add_attribute("owner", &owner)
        .add_attribute("amount", total)
        .add_attribute("end", end.to_string())
        .add_attribute("revocable", revoker.is_some().to_string());
    let position = Position { token, owner, revoker, total, claimed: Uint128::zero(), schedule };
    put(storage, id, &position)?;
    Ok(Response::new().add_event(event))
}

pub(crate) fn claim(storage: &mut dyn Storage, env: &Env, id: u64) -> Outcome {
    let mut position = position(storage, id)?;
    let now = env.block.time.seconds();
    if position.due(now)?.is_zero() {
        let next = checked(&position.schedule)?.next_after(now);
        return Err(ContractError::NothingDue { id, next });
    }
    let response = settle(storage, &mut position, id, now)?;
    put(storage, id, &position)?;
    Ok(response)
}

pub(crate) fn transfer(deps: DepsMut<'_>, env: &Env, sender: &Addr, id: u64, new_owner: &str) -> Outcome {
    let mut position = position(deps.storage, id)?;
    if position.owner != sender {
        let (sender, owner) = (sender.into(), position.owner.into());
        return Err(ContractError::NotOwner { id, sender, owner });
    }
    let new_owner = deps.api.addr_validate(new_owner)?;
    if new_owner == env.contract.address {
        return Err(ContractError::OwnedByContract);
    }
    // What is due is the old owner's.
    let response = settle(deps.storage, &mut position, id, env.block.time.seconds())?;
    BY_OWNER.remove(deps.storage, (&position.owner, id));
    let event = Event::new(events::TRANSFERRED)
        .add_attribute("id", id.to_string())
        .add_attribute("from", &position.owner)
        .add_attribute("to", &new_owner)
        .add_attribute("amount", position.total.checked_sub(position.claimed)?);
    position.owner = new_owner;
    put(deps.storage, id, &position)?;
    Ok(response.add_event(event))
}

pub(crate) fn revoke(storage: &mut dyn Storage, env: &Env, sender: &Addr, id: u64) -> Outcome {
    let mut position = position(storage, id)?;
    if position.revoker.as_ref() != Some(sender) {
        let revoker = position.revoker.map(String::from);
        return Err(ContractError::NotRevoker { id, sender: sender.into(), revoker });
    }
    let response = settle(storage, &mut position, id, env.block.time.seconds())?;
    let rest = position.total.checked_sub(position.claimed)?;
    if rest.is_zero() {
        return Err(ContractError::NothingToRevoke { id });
    }
    let payment = pay(storage, &position.token, sender, rest)?;
    position.total = position.claimed;
    put(storage, id, &position)?;
    let event = Event::new(events::REVOKED)
        .add_attribute("id", id.to_string())
        .add_attribute("owner", &position.owner)
        .add_attribute("returned_to", sender)
        .add_attribute("amount", rest);
    Ok(response.add_event(event).add_message(payment))
}

/// Pays what is due to the owner, if anything is. The caller stores the position.
fn settle(storage: &mut dyn Storage, position: &mut Position, id: u64, now: u64) -> Outcome {
    let due = position.due(now)?;
    if due.is_zero() {
        return Ok(Response::new());
    }
    position.claimed = position.claimed.checked_add(due)?;
    let event = Event::new(events::CLAIMED)
        .add_attribute("id", id.to_string())
        .add_attribute("token", &position.token)
        .add_attribute("owner", &position.owner)
        .add_attribute("amount", due);
    let payment = pay(storage, &position.token, &position.owner, due)?;
    Ok(Response::new().add_event(event).add_message(payment))
}

fn pay(
    storage: &mut dyn Storage,
    token: &Addr,
    recipient: &Addr,
    amount: Uint128,
) -> Result<CosmosMsg, ContractError> {
    let held = HELD.may_load(storage, token)?.unwrap_or_default().checked_sub(amount)?;
    HELD.save(storage, token, &held)?;
    let transfer = Cw20ExecuteMsg::Transfer { recipient: recipient.into(), amount };
    let (contract_addr, msg, funds) = (token.into(), to_json_binary(&transfer)?, vec![]);
    Ok(WasmMsg::Execute { contract_addr, msg, funds }.into())
}
