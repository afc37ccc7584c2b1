//! What an owner does: registering, changing what is said, leaving, and taking what is owed.

use bithive_api::models::{Card, Event, Hook};
use bithive_contract_kit::input::{exactly, sized};
use bithive_contract_kit::ledger::{Ledger as _, NothingOwed};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, DepsMut, Env, HexBinary, Response, StdError, Storage};
use cw20::Cw20ReceiveMsg;

use crate::card::checked;
use crate::state::{CONFIG, Claim, MODELS, Model, with_ledger};
use crate::{ContractError, challenge};

/// A cw20 hook. Only the message's sender is proven: it is BTT.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    hook: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (payer, what) = token::hook::<Hook>(deps.api, hook)?;
    exactly("the bond", hook.amount, CONFIG.load(deps.storage)?.params.bond)?;
    with_ledger(deps.storage, |ledger, storage| ledger.deposit(storage, hook.amount))?;
    match what {
        Hook::Register { model, card } => register(deps, env, payer, model, card),
        Hook::Challenge { model, claim, reason } => {
            challenge::challenge(deps, env, payer, model, claim, reason)
        }
    }
}

/// First come: what is registered wrongly is challenged, and earns nothing until a notice is over.
fn register(
    deps: DepsMut<'_>,
    env: &Env,
    owner: Addr,
    model: HexBinary,
    card: Card,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    sized::<32>("model", &model)?;
    if let Some(Model { owner, .. }) = MODELS.may_load(deps.storage, &model)? {
        return Err(ContractError::Taken { model: model.to_hex(), owner: owner.into() });
    }
    let Claim { receiver, text } = checked(&deps, env, &owner, card)?;
    let (params, now) = (CONFIG.load(deps.storage)?.params, env.block.time.seconds());
    let in_force_at = now.saturating_add(params.notice_seconds);
    let event = Event::Registered {
        model: model.clone(),
        owner: owner.clone(),
        receiver: receiver.clone(),
        bond: params.bond,
        in_force_at,
    };
    let registration = Model {
        owner,
        receiver,
        text,
        bond: params.bond,
        registered_at: now,
        in_force_at,
        leaving: None,
        challenge: None,
    };
    MODELS.save(deps.storage, &model, &registration)?;
    Ok(Response::new().add_event(event))
}

/// Jobs that were posted keep the receiver that they were posted with.
pub(crate) fn update(
    deps: DepsMut<'_>,
    env: &Env,
    model: HexBinary,
    card: Card,
) -> Result<Response, ContractError> {
    let mut registration = Model::load(deps.storage, &model)?;
    let Claim { receiver, text } = checked(&deps, env, &registration.owner, card)?;
    (registration.receiver, registration.text) = (receiver.clone(), text);
    MODELS.save(deps.storage, &model, &registration)?;
    Ok(Response::new().add_event(Event::Updated { model, receiver }))
}

/// The bond stays for a time in which it can still be challenged.
pub(crate) fn leave(
    storage: &mut dyn Storage,
    env: &Env,
    model: HexBinary,
) -> Result<Response, ContractError> {
    let mut registration = Model::load(storage, &model)?;
    if let Some(challenge) = &registration.challenge {
        return Err(ContractError::Challenged { model: model.to_hex(), until: challenge.until });
    }
    if let Some(until) = registration.leaving {
        return Err(ContractError::Leaving { model: model.to_hex(), until });
    }
    let wait = CONFIG.load(storage)?.params.leave_seconds;
    let until = env.block.time.seconds().saturating_add(wait);
    registration.leaving = Some(until);
    MODELS.save(storage, &model, &registration)?;
    Ok(Response::new().add_event(Event::Leaving { model, until }))
}

/// Pays the sender all that it is owed.
pub(crate) fn withdraw(storage: &mut dyn Storage, account: &Addr) -> Result<Response, ContractError> {
    let paid = with_ledger::<_, StdError>(storage, |ledger, storage| ledger.pay(storage, account))?;
    let (amount, message) = paid.ok_or_else(|| NothingOwed::new(account, "BTT"))?;
    let event = Event::Withdrawn { account: account.clone(), amount };
    Ok(Response::new().add_event(event).add_message(message))
}
