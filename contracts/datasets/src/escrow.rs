//! What happens to a deposit: it becomes the owner's with an attestation, or the depositor's without one.

use bithive_api::datasets::{Asset, Event, Hook, Use, limits};
use bithive_contract_kit::input::{self, exactly, length, sized};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, NothingOwed, Release};
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, StdResult, Storage, Uint128};
use cw_utils::one_coin;
use cw20::Cw20ReceiveMsg;

use crate::state::{
    DATASETS, DEPOSITS, Dataset, Deposit, NEXT_DEPOSIT, Recorded, USES, dataset, deposit, job_name,
};
use crate::{ContractError, proof};

/// A deposit of native coins.
pub(crate) fn native(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    purpose: Use,
) -> Result<Response, ContractError> {
    let coin = one_coin(info)?;
    put(deps, env, info.sender.clone(), Asset::Native(coin.denom), coin.amount, purpose)
}

/// A deposit of tokens. Only the message's sender is proven, so it is the token.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (depositor, Hook::Deposit(purpose)) = token::hook(deps.api, &hook)?;
    put(deps, env, depositor, Asset::Cw20(token), hook.amount, purpose)
}

fn put(
    deps: DepsMut<'_>,
    env: &Env,
    depositor: Addr,
    asset: Asset<Addr>,
    amount: Uint128,
    purpose: Use,
) -> Result<Response, ContractError> {
    let dataset = dataset(deps.storage, purpose.dataset_id)?;
    expect_payment(&dataset, purpose.dataset_id, &asset, amount)?;
    expect_purpose(&purpose, env.block.time.seconds())?;
    let id = NEXT_DEPOSIT.may_load(deps.storage)?.unwrap_or(1);
    NEXT_DEPOSIT.save(deps.storage, &id.saturating_add(1))?;
    AssetLedger::new(&asset).deposit(deps.storage, amount)?;
    let deposit = Deposit { depositor, amount, purpose };
    DEPOSITS.save(deps.storage, id, &deposit)?;
    let Deposit { depositor, amount, purpose } = deposit;
    let Use { dataset_id, source, job_id, deadline, .. } = purpose;
    let event = Event::Deposited { id, dataset_id, asset, amount, depositor, source, job_id, deadline };
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
    credit(deps.storage, &dataset.asset, &dataset.owner, amount)?;
    let (Use { dataset_id, source, job_id, .. }, Dataset { asset, owner, .. }) = (purpose, dataset);
    let event = Event::Released { id, dataset_id, asset, amount, owner, source, job_id };
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
    credit(deps.storage, &asset, &depositor, amount)?;
    let event = Event::Refunded { id, dataset_id: purpose.dataset_id, asset, amount, depositor };
    Ok(Response::new().add_event(event))
}

/// Pays the sender all that it is owed of an asset.
pub(crate) fn withdraw(deps: DepsMut<'_>, account: &Addr, asset: Asset) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let nothing = || NothingOwed::new(account, &asset);
    let (amount, message) = AssetLedger::new(&asset).pay(deps.storage, account)?.ok_or_else(nothing)?;
    let event = Event::Withdrawn { account: account.clone(), asset, amount };
    Ok(Response::new().add_event(event).add_message(message))
}

fn credit(storage: &mut dyn Storage, asset: &Asset<Addr>, account: &Addr, amount: Uint128) -> StdResult<()> {
    let mut release = Release::default();
    release.add(account, amount)?;
    AssetLedger::new(asset).release(storage, release)
}

fn expect_payment(
    dataset: &Dataset,
    id: u64,
    asset: &Asset<Addr>,
    found: Uint128,
) -> Result<(), ContractError> {
    if !dataset.active {
        return Err(ContractError::Inactive { id });
    }
    if dataset.asset != *asset {
        let (found, expected) = (asset.to_string(), dataset.asset.to_string());
        return Err(ContractError::WrongAsset { id, found, expected });
    }
    Ok(exactly("the share of the data set", found, dataset.share)?)
}

fn expect_purpose(purpose: &Use, now: u64) -> Result<(), ContractError> {
    sized::<32>("input_commitment", &purpose.input_commitment)?;
    length("chain_id", purpose.source.chain_id.len(), 1..=limits::MAX_NAME_BYTES)?;
    length("jobs", purpose.source.jobs.len(), 1..=limits::MAX_NAME_BYTES)?;
    let found = purpose.deadline;
    let wait = found.saturating_sub(now);
    if (limits::MIN_ESCROW_SECONDS..=limits::MAX_ESCROW_SECONDS).contains(&wait) {
        return Ok(());
    }
    Err(ContractError::Deadline { found, now })
}
