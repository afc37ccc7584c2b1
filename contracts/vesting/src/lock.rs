//! Tokens that come in.

use bithive_api::vesting::{Event, Hook, Schedule};
use bithive_contract_kit::input::{outside, positive};
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::error::Outcome;
use crate::state::{HELD, NEXT_ID, Position, checked, put};

/// Tokens that arrive. Only the message's sender is proven, so it is the token of the position: a fake token can only
/// create positions in itself.
pub(crate) fn receive(deps: DepsMut<'_>, env: &Env, token: Addr, hook: &Cw20ReceiveMsg) -> Outcome {
    let (sender, Hook::Lock { owner, schedule, revocable }) = token::hook(deps.api, hook)?;
    let owner = outside(deps.api, "owner", &owner, &[&env.contract.address])?;
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
    positive("the amount", total)?;
    let end = checked(&schedule)?.end();
    let id = NEXT_ID.may_load(storage)?.unwrap_or(1);
    NEXT_ID.save(storage, &id.saturating_add(1))?;
    let held = HELD.may_load(storage, &token)?.unwrap_or_default().checked_add(total)?;
    HELD.save(storage, &token, &held)?;
    let (revocable, claimed) = (revoker.is_some(), Uint128::zero());
    let position = Position { token, owner, revoker, total, claimed, schedule };
    put(storage, id, &position)?;
    let Position { token, owner, .. } = position;
    Ok(Response::new().add_event(Event::Locked { id, token, owner, amount: total, end, revocable }))
}
