//! What happens to a deposit: it becomes the owner's with an attestation, or the depositor's without one.

use bithive_api::datasets::{Asset, Hook, Use, events, limits};
use cosmwasm_std::{Addr, DepsMut, Env, Event, MessageInfo, Response, Uint128, from_json};
use cw_utils::one_coin;
use cw20::Cw20ReceiveMsg;

use crate::dataset::expect_length;
use crate::state::{
    DATASETS, DEPOSITS, Dataset, Deposit, NEXT_DEPOSIT, Recorded, USES, asset_name, dataset, deposit,
    job_name,
};
use crate::{ContractError, ledger, proof};

/// A deposit of native coins.
pub(crate) fn native(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    purpose: Use,
) -> Result<Response, ContractError> {
    let coin = one_coin(info)?;
    put(deps, env, info.sender.clone(), &Asset::Native(coin.denom), coin.amount, purpose)
}

/// A deposit of tokens. Only the message's sender is proven, so it is the token.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let depositor = deps.api.addr_validate(&hook.sender)?;
    let Hook::Deposit(purpose) = from_json(&hook.msg)?;
    put(deps, env, depositor, &Asset::Cw20(token.into()), hook.amount, purpose)
}

fn put(
    deps: DepsMut<'_>,
    env: &Env,
    depositor: Addr,
    asset: &Asset,
    amount: Uint128,
    purpose: Use,
) -> Result<Response, ContractError> {
    let dataset = dataset(deps.storage, purpose.dataset_id)?;
    expect_payment(&dataset, purpose.dataset_id, asset, amount)?;
    expect_purpose(&purpose, env.block.time.seconds())?;
    let id = NEXT_DEPOSIT.may_load(deps.storage)?.unwrap_or(1);
    NEXT_DEPOSIT.save(deps.storage, &id.saturating_add(1))?;
    ledger::escrow(deps.storage, asset, amount)?;
    let event = deposit_event(events::DEPOSITED, id, &purpose, asset, amount)
        .add_attribute("depositor", &depositor)
        .add_attribute("chain_id", &purpose.source.chain_id)
        .add_attribute("jobs", &purpose.source.jobs)
        .add_attribute("job_id", purpose.job_id.to_string())
        .add_attribute("deadline", purpose.deadline.to_string());
    DEPOSITS.save(deps.storage, id, &Deposit { depositor, amount, purpose })?;
    Ok(Response::new().add_event(event))
}

/// Records the use and credits the owner, on anybody's message; before or after the deadline.
pub(crate) fn release(deps: DepsMut<'_>, env: &Env, id: u64) -> Result<Response, ContractError> {
    let Deposit { amount, purpose, .. } = deposit(deps.storage, id)?;
    let attestation = proof::attested(deps.as_ref(), &purpose)?;
    let mut dataset = dataset(deps.storage, purpose.dataset_id)?;
    let job = job_name(&purpose.source, purpose.job_id);
    let key = (purpose.dataset_id, job.as_slice());
    let recorded = match USES.may_load(deps.storage, key)? {
        Some(recorded) => Recorded { paid: recorded.paid.checked_add(amount)?, ..recorded },
        None => {
            dataset.uses = dataset.uses.saturating_add(1);
            let recorded_at = env.block.time.seconds();
            Recorded { statement: attestation.statement, paid: amount, recorded_at }
        }
    };
    dataset.earned = dataset.earned.checked_add(amount)?;
    USES.save(deps.storage, key, &recorded)?;
    DATASETS.save(deps.storage, purpose.dataset_id, &dataset)?;
    DEPOSITS.remove(deps.storage, id);
    ledger::credit(deps.storage, &dataset.asset, &dataset.owner, amount)?;
    let event = deposit_event(events::RELEASED, id, &purpose, &dataset.asset, amount)
        .add_attribute("owner", &dataset.owner)
        .add_attribute("chain_id", &purpose.source.chain_id)
        .add_attribute("jobs", &purpose.source.jobs)
        .add_attribute("job_id", purpose.job_id.to_string());
    Ok(Response::new().add_event(event))
}

/// Credits the depositor, on anybody's message, after the deadline.
pub(crate) fn refund(deps: DepsMut<'_>, env: &Env, id: u64) -> Result<Response, ContractError> {
    let Deposit { depositor, amount, purpose } = deposit(deps.storage, id)?;
    let (now, deadline) = (env.block.time.seconds(), purpose.deadline);
    if now <= deadline {
        return Err(ContractError::TooEarly { id, deadline, now });
    }
    // An attestations contract that answers no more must not keep the deposit: then, too, nothing is attested.
    if proof::attested(deps.as_ref(), &purpose).is_ok() {
        return Err(ContractError::Earned { id });
    }
    let asset = dataset(deps.storage, purpose.dataset_id)?.asset;
    DEPOSITS.remove(deps.storage, id);
    ledger::credit(deps.storage, &asset, &depositor, amount)?;
    let event =
        deposit_event(events::REFUNDED, id, &purpose, &asset, amount).add_attribute("depositor", depositor);
    Ok(Response::new().add_event(event))
}

/// Pays the sender all that it is owed of an asset.
pub(crate) fn withdraw(deps: DepsMut<'_>, account: &Addr, asset: &Asset) -> Result<Response, ContractError> {
    let (amount, message) = ledger::pay(deps.storage, asset, account)?;
    let event = Event::new(events::WITHDRAWN)
        .add_attribute("account", account)
        .add_attribute("asset", asset_name(asset))
        .add_attribute("amount", amount);
    Ok(Response::new().add_event(event).add_message(message))
}

fn expect_payment(dataset: &Dataset, id: u64, asset: &Asset, found: Uint128) -> Result<(), ContractError> {
    if !dataset.active {
        return Err(ContractError::Inactive { id });
    }
    if dataset.asset != *asset {
        let (found, expected) = (asset_name(asset), asset_name(&dataset.asset));
        return Err(ContractError::WrongAsset { id, found, expected });
    }
    let expected = dataset.share;
    if found == expected { Ok(()) } else { Err(ContractError::WrongAmount { id, found, expected }) }
}

fn expect_purpose(purpose: &Use, now: u64) -> Result<(), ContractError> {
    expect_length("input_commitment", purpose.input_commitment.len(), 32, 32)?;
    expect_length("chain_id", purpose.source.chain_id.len(), 1, limits::MAX_NAME_BYTES)?;
    expect_length("jobs", purpose.source.jobs.len(), 1, limits::MAX_NAME_BYTES)?;
    let found = purpose.deadline;
    let wait = found.saturating_sub(now);
    if (limits::MIN_ESCROW_SECONDS..=limits::MAX_ESCROW_SECONDS).contains(&wait) {
        return Ok(());
    }
    Err(ContractError::Deadline { found, now })
}

fn deposit_event(kind: &'static str, id: u64, purpose: &Use, asset: &Asset, amount: Uint128) -> Event {
    Event::new(kind)
        .add_attribute("id", id.to_string())
        .add_attribute("dataset_id", purpose.dataset_id.to_string())
        .add_attribute("asset", asset_name(asset))
        .add_attribute("amount", amount)
}
