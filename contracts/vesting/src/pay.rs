//! Tokens that go out: claimed by anybody for the owner, returned to the revoker, and what is due when a position gets
//! another owner.

use bithive_api::vesting::Event;
use bithive_contract_kit::input::outside;
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, CosmosMsg, DepsMut, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::error::Outcome;
use crate::state::{BY_OWNER, HELD, Position, checked, position, put};

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

pub(crate) fn transfer(deps: DepsMut<'_>, env: &Env, id: u64, new_owner: &str) -> Outcome {
    let mut position = position(deps.storage, id)?;
    let new_owner = outside(deps.api, "new_owner", new_owner, &[&env.contract.address])?;
    // What is due is the old owner's.
    let response = settle(deps.storage, &mut position, id, env.block.time.seconds())?;
    BY_OWNER.remove(deps.storage, (&position.owner, id));
    let amount = position.total.checked_sub(position.claimed)?;
    let from = core::mem::replace(&mut position.owner, new_owner);
    put(deps.storage, id, &position)?;
    Ok(response.add_event(Event::Transferred { id, from, to: position.owner, amount }))
}

pub(crate) fn revoke(storage: &mut dyn Storage, env: &Env, sender: &Addr, id: u64) -> Outcome {
    let mut position = position(storage, id)?;
    let response = settle(storage, &mut position, id, env.block.time.seconds())?;
    let rest = position.total.checked_sub(position.claimed)?;
    if rest.is_zero() {
        return Err(ContractError::NothingToRevoke { id });
    }
    let payment = pay(storage, &position.token, sender, rest)?;
    position.total = position.claimed;
    put(storage, id, &position)?;
    let event = Event::Revoked { id, owner: position.owner, returned_to: sender.clone(), amount: rest };
    Ok(response.add_event(event).add_message(payment))
}

/// Pays what is due to the owner, if anything is. The caller stores the position.
fn settle(storage: &mut dyn Storage, position: &mut Position, id: u64, now: u64) -> Outcome {
    let due = position.due(now)?;
    if due.is_zero() {
        return Ok(Response::new());
    }
    position.claimed = position.claimed.checked_add(due)?;
    let payment = pay(storage, &position.token, &position.owner, due)?;
    let (token, owner) = (position.token.clone(), position.owner.clone());
    let event = Event::Claimed { id, token, owner, amount: due };
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
    Ok(token::transfer(token, recipient, amount)?.into())
}
