//! The buckets with one recipient each.

use bithive_api::emissions::{Bucket, Event, Recipients};
use bithive_contract_kit::input::outside;
use bithive_economics::{Emission, emission};
use cosmwasm_std::{DepsMut, Env, Response, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::state::{CONFIG, LOCKED_FROM, PAID, mint};

/// What of a bucket may have been paid by `now`: the application's part by the rule of contributors, the others' later.
pub(crate) fn released_by(
    storage: &dyn Storage,
    emission: &Emission,
    bucket: Bucket,
    now: u64,
) -> StdResult<Uint128> {
    let amount = match bucket {
        Bucket::Application => {
            let from = LOCKED_FROM.may_load(storage)?.unwrap_or(u64::MAX);
            emission.released_daily(emission::Bucket::Application, from, now)
        }
        Bucket::Foundation => emission.released(emission::Bucket::Foundation, now),
        Bucket::Infrastructure => emission.released(emission::Bucket::Infrastructure, now),
    };
    Ok(amount.into())
}

/// Brings a state of version 0.1.0, whose application's part was due at once, under the rule that holds from now on: what
/// was emitted until now stays due.
pub(crate) fn migrate(storage: &mut dyn Storage, env: &Env) -> StdResult<()> {
    match LOCKED_FROM.may_load(storage)? {
        Some(_) => Ok(()),
        None => LOCKED_FROM.save(storage, &env.block.time.seconds()),
    }
}

/// The bucket's field.
pub(crate) fn part<T>(recipients: &mut Recipients<T>, bucket: Bucket) -> &mut T {
    match bucket {
        Bucket::Application => &mut recipients.application,
        Bucket::Foundation => &mut recipients.foundation,
        Bucket::Infrastructure => &mut recipients.infrastructure,
    }
}

pub(crate) fn release(
    storage: &mut dyn Storage,
    env: &Env,
    bucket: Bucket,
) -> Result<Response, ContractError> {
    let recipient = part(&mut CONFIG.load(storage)?.recipients, bucket).clone();
    let paid = pay(storage, env, bucket)?;
    paid.ok_or_else(|| ContractError::NothingDue { recipient: recipient.into() })
}

pub(crate) fn set_recipient(
    deps: DepsMut<'_>,
    env: &Env,
    bucket: Bucket,
    new: &str,
) -> Result<Response, ContractError> {
    let mut config = CONFIG.load(deps.storage)?;
    let new = outside(deps.api, "recipient", new, &[&env.contract.address, &config.token])?;
    // What is due is the old recipient's.
    let response = pay(deps.storage, env, bucket)?.unwrap_or_default();
    *part(&mut config.recipients, bucket) = new.clone();
    CONFIG.save(deps.storage, &config)?;
    Ok(response.add_event(Event::Recipient { bucket, recipient: new }))
}

/// Pays what is due, if anything is.
fn pay(storage: &mut dyn Storage, env: &Env, bucket: Bucket) -> Result<Option<Response>, ContractError> {
    let mut config = CONFIG.load(storage)?;
    let recipient = part(&mut config.recipients, bucket).clone();
    let mut paid = PAID.load(storage)?;
    let before = part(&mut paid.released, bucket);
    // If the clock goes back, nothing is due: what was paid stays paid.
    let by_now = released_by(storage, &config.emission()?, bucket, env.block.time.seconds())?;
    let due = by_now.saturating_sub(*before);
    if due.is_zero() {
        return Ok(None);
    }
    *before = before.checked_add(due)?;
    PAID.save(storage, &paid)?;
    let message = mint(storage, &recipient, due)?;
    let event = Event::Released { bucket, recipient, amount: due };
    Ok(Some(Response::new().add_event(event).add_message(message)))
}
