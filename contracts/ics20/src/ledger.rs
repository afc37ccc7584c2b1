//! Amounts on other chains ("outside"), and what is held for them: for every token, held = the sum of what is outside
//! over all channels and of what is owed, and the contract's balance is at least that.

use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, CosmosMsg, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::state::{HELD, OUTSTANDING, OWED};

/// Tokens went into escrow and are outside now.
pub(crate) fn send(
    storage: &mut dyn Storage,
    channel_id: &str,
    token: &Addr,
    amount: Uint128,
    limit: Uint128,
) -> Result<(), ContractError> {
    let outstanding = outstanding(storage, channel_id, token)?;
    let sum = outstanding.checked_add(amount)?;
    if sum > limit {
        let (channel_id, token) = (channel_id.into(), token.into());
        return Err(ContractError::OverLimit { channel_id, token, amount, outstanding, limit });
    }
    OUTSTANDING.save(storage, (channel_id, token), &sum)?;
    hold(storage, token, amount)
}

/// Tokens come back and leave escrow by the returned message. The message may fail: see [`undo`].
pub(crate) fn take(
    storage: &mut dyn Storage,
    channel_id: &str,
    token: &Addr,
    amount: Uint128,
    receiver: &Addr,
) -> Result<CosmosMsg, ContractError> {
    let outstanding = outstanding(storage, channel_id, token)?;
    let rest = outstanding.checked_sub(amount).map_err(|_| {
        let (channel_id, token) = (channel_id.into(), token.into());
        ContractError::NotOutstanding { channel_id, token, amount, outstanding }
    })?;
    let message: CosmosMsg = token::transfer(token, receiver, amount)?.into();
    let held = HELD.may_load(storage, token)?.unwrap_or_default().checked_sub(amount)?;
    OUTSTANDING.save(storage, (channel_id, token), &rest)?;
    HELD.save(storage, token, &held)?;
    Ok(message)
}

/// The transfer of [`take`] failed: the tokens stay in escrow and count as on the other chain, as before.
pub(crate) fn undo(
    storage: &mut dyn Storage,
    channel_id: &str,
    token: &Addr,
    amount: Uint128,
) -> Result<(), ContractError> {
    let sum = outstanding(storage, channel_id, token)?.checked_add(amount)?;
    OUTSTANDING.save(storage, (channel_id, token), &sum)?;
    hold(storage, token, amount)
}

/// The transfer of [`take`] failed and the voucher is gone: the tokens are owed to the account.
pub(crate) fn owe(
    storage: &mut dyn Storage,
    token: &Addr,
    account: &Addr,
    amount: Uint128,
) -> Result<(), ContractError> {
    let sum = OWED.may_load(storage, (token, account))?.unwrap_or_default().checked_add(amount)?;
    OWED.save(storage, (token, account), &sum)?;
    hold(storage, token, amount)
}

/// Pays what is owed.
pub(crate) fn pay(
    storage: &mut dyn Storage,
    token: &Addr,
    account: &Addr,
) -> Result<(Uint128, CosmosMsg), ContractError> {
    let Some(amount) = OWED.may_load(storage, (token, account))? else {
        return Err(NothingOwed::new(account, token).into());
    };
    OWED.remove(storage, (token, account));
    let held = HELD.may_load(storage, token)?.unwrap_or_default().checked_sub(amount)?;
    HELD.save(storage, token, &held)?;
    Ok((amount, token::transfer(token, account, amount)?.into()))
}

/// Amount of a token on the other chain of a channel, in base units.
pub(crate) fn outstanding(storage: &dyn Storage, channel_id: &str, token: &Addr) -> StdResult<Uint128> {
    Ok(OUTSTANDING.may_load(storage, (channel_id, token))?.unwrap_or_default())
}

fn hold(storage: &mut dyn Storage, token: &Addr, amount: Uint128) -> Result<(), ContractError> {
    let held = HELD.may_load(storage, token)?.unwrap_or_default().checked_add(amount)?;
    Ok(HELD.save(storage, token, &held)?)
}
