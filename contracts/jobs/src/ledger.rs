//! Every movement of money inside the contract.
//!
//! Invariant: `escrowed` is the sum of all jobs' escrow, `claimable` the sum of all credits, and both together
//! are what the contract holds of the payment token. Each function here keeps it.

use cosmwasm_std::{Addr, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::state::{CLAIMABLE, Job, TOTALS};

/// Takes `amount` into escrow and gives the new job its number.
///
/// # Errors
/// Storage errors.
pub fn deposit(storage: &mut dyn Storage, amount: Uint128) -> Result<u64, ContractError> {
    let mut totals = TOTALS.load(storage)?;
    totals.escrowed = totals.escrowed.checked_add(amount).map_err(overflow)?;
    // 2^64 jobs can't be posted.
    totals.jobs = totals.jobs.saturating_add(1);
    TOTALS.save(storage, &totals)?;
    Ok(totals.jobs)
}

/// Empties a job's escrow: each payment is credited to its receiver, the rest to the requester. Returns the
/// rest.
///
/// # Errors
/// An overflow error if the payments exceed the escrow.
pub fn release(
    storage: &mut dyn Storage,
    job: &mut Job,
    payments: &[(Addr, Uint128)],
) -> Result<Uint128, ContractError> {
    let escrow = std::mem::take(&mut job.escrow);
    let mut rest = escrow;
    for (receiver, amount) in payments {
        rest = rest.checked_sub(*amount).map_err(overflow)?;
        credit(storage, receiver, *amount)?;
    }
    credit(storage, &job.requester, rest)?;
    TOTALS.update(storage, |mut totals| -> StdResult<_> {
        totals.escrowed = totals.escrowed.checked_sub(escrow)?;
        totals.claimable = totals.claimable.checked_add(escrow)?;
        Ok(totals)
    })?;
    Ok(rest)
}

/// Takes everything that `address` is owed out of the ledger, before it is sent.
///
/// # Errors
/// [`ContractError::NothingToWithdraw`].
pub fn withdraw(storage: &mut dyn Storage, address: &Addr) -> Result<Uint128, ContractError> {
    let amount = CLAIMABLE
        .may_load(storage, address)?
        .ok_or_else(|| ContractError::NothingToWithdraw { address: address.to_string() })?;
    CLAIMABLE.remove(storage, address);
    TOTALS.update(storage, |mut totals| -> StdResult<_> {
        totals.claimable = totals.claimable.checked_sub(amount)?;
        Ok(totals)
    })?;
    Ok(amount)
}

fn credit(storage: &mut dyn Storage, receiver: &Addr, amount: Uint128) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let owed = CLAIMABLE.may_load(storage, receiver)?.unwrap_or_default();
    CLAIMABLE.save(storage, receiver, &owed.checked_add(amount).map_err(overflow)?)?;
    Ok(())
}

fn overflow(error: cosmwasm_std::OverflowError) -> ContractError {
    ContractError::Std(error.into())
}
