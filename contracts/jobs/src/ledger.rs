//! Every movement of money inside the contract.
//!
//! Invariant: `escrowed` is the sum of all jobs' escrow, `claimable` the sum of all credits, and both together
//! are what the contract holds of the payment token. Each function here keeps it.

use std::collections::BTreeMap;

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

/// What a message releases from escrow, gathered so that a receiver of many payments is written once. Nothing has
/// happened until it is saved.
#[derive(Default)]
pub struct Release {
    owed: BTreeMap<Addr, Uint128>,
    escrow: Uint128,
}

impl Release {
    /// Empties a job's escrow: each payment is owed to its receiver, the rest to the requester. Returns the rest.
    ///
    /// # Errors
    /// An overflow error if the payments exceed the escrow.
    pub fn add(&mut self, job: &mut Job, payments: &[(Addr, Uint128)]) -> Result<Uint128, ContractError> {
        let escrow = std::mem::take(&mut job.escrow);
        let mut rest = escrow;
        for (receiver, amount) in payments {
            rest = rest.checked_sub(*amount).map_err(overflow)?;
            self.owe(receiver, *amount)?;
        }
        self.owe(&job.requester, rest)?;
        self.escrow = self.escrow.checked_add(escrow).map_err(overflow)?;
        Ok(rest)
    }

    /// Credits everything.
    ///
    /// # Errors
    /// Storage errors.
    pub fn save(self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        for (receiver, amount) in &self.owed {
            let owed = CLAIMABLE.may_load(storage, receiver)?.unwrap_or_default();
            CLAIMABLE.save(storage, receiver, &owed.checked_add(*amount).map_err(overflow)?)?;
        }
        TOTALS.update(storage, |mut totals| -> StdResult<_> {
            totals.escrowed = totals.escrowed.checked_sub(self.escrow)?;
            totals.claimable = totals.claimable.checked_add(self.escrow)?;
            Ok(totals)
        })?;
        Ok(())
    }

    fn owe(&mut self, receiver: &Addr, amount: Uint128) -> Result<(), ContractError> {
        if amount.is_zero() {
            return Ok(());
        }
        let owed = self.owed.entry(receiver.clone()).or_default();
        *owed = owed.checked_add(amount).map_err(overflow)?;
        Ok(())
    }
}

/// Empties one job's escrow, as [`Release::add`].
///
/// # Errors
/// As [`Release::add`].
pub fn release(
    storage: &mut dyn Storage,
    job: &mut Job,
    payments: &[(Addr, Uint128)],
) -> Result<Uint128, ContractError> {
    let mut release = Release::default();
    let rest = release.add(job, payments)?;
    release.save(storage)?;
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

fn overflow(error: cosmwasm_std::OverflowError) -> ContractError {
    ContractError::Std(error.into())
}
