//! Every movement of tokens inside the contract.
//!
//! Invariant: `escrowed` is the sum of all jobs' escrow, `claimable` the sum of all credits, and both together
//! are what the contract holds of the payment token. Each function here keeps it.

use bithive_contract_kit::ledger::{Held, Ledger, NothingOwed, Release};
use cosmwasm_std::{Addr, StdError, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::state::{CLAIMABLE, Job, TOTALS, Totals};

/// The ledger of the market: amounts of its payment token.
pub struct Market;

impl Ledger for Market {
    fn held(&self, storage: &dyn Storage) -> StdResult<Held> {
        Ok(TOTALS.load(storage)?.held())
    }

    fn change(
        &self,
        storage: &mut dyn Storage,
        change: impl FnOnce(Held) -> StdResult<Held>,
    ) -> StdResult<()> {
        let totals = TOTALS.load(storage)?;
        TOTALS.save(storage, &totals.with(change(totals.held())?))
    }

    fn claimable(&self, storage: &dyn Storage, account: &Addr) -> StdResult<Option<Uint128>> {
        CLAIMABLE.may_load(storage, account)
    }

    fn put_claimable(
        &self,
        storage: &mut dyn Storage,
        account: &Addr,
        amount: Option<Uint128>,
    ) -> StdResult<()> {
        match amount {
            Some(amount) => CLAIMABLE.save(storage, account, &amount),
            None => {
                CLAIMABLE.remove(storage, account);
                Ok(())
            }
        }
    }
}

impl Totals {
    fn held(&self) -> Held {
        Held { escrowed: self.escrowed, claimable: self.claimable }
    }

    fn with(&self, held: Held) -> Self {
        Self { escrowed: held.escrowed, claimable: held.claimable, jobs: self.jobs }
    }
}

/// Takes a job's price into escrow and gives the job its number, in one write.
///
/// # Errors
/// As [`Held::deposit`].
pub fn deposit(storage: &mut dyn Storage, amount: Uint128) -> StdResult<u64> {
    let totals = TOTALS.load(storage)?;
    // 2^64 jobs can't be posted.
    let jobs = totals.jobs.saturating_add(1);
    TOTALS.save(storage, &Totals { jobs, ..totals.with(totals.held().deposit(amount)?) })?;
    Ok(jobs)
}

/// Adds a job's payments to a release, and what is left of its escrow to its requester's credit. Returns what is left.
///
/// # Errors
/// The payments exceed the escrow.
pub fn pay_out(
    release: &mut Release,
    job: &mut Job,
    payments: &[(Addr, Uint128)],
) -> Result<Uint128, ContractError> {
    let mut rest = std::mem::take(&mut job.escrow);
    for (receiver, amount) in payments {
        rest = rest.checked_sub(*amount).map_err(StdError::from)?;
        release.add(receiver, *amount)?;
    }
    release.add(&job.requester, rest)?;
    Ok(rest)
}

/// Pays a part of a job's escrow, now.
///
/// # Errors
/// The payments exceed the escrow.
pub fn pay(
    storage: &mut dyn Storage,
    job: &mut Job,
    payments: &[(Addr, Uint128)],
) -> Result<(), ContractError> {
    let mut release = Release::default();
    for (receiver, amount) in payments {
        job.escrow = job.escrow.checked_sub(*amount).map_err(StdError::from)?;
        release.add(receiver, *amount)?;
    }
    Ok(Market.release(storage, release)?)
}

/// Pays out one job, now.
///
/// # Errors
/// As [`pay_out`].
pub fn release(
    storage: &mut dyn Storage,
    job: &mut Job,
    payments: &[(Addr, Uint128)],
) -> Result<Uint128, ContractError> {
    let mut release = Release::default();
    let rest = pay_out(&mut release, job, payments)?;
    Market.release(storage, release)?;
    Ok(rest)
}

/// Takes out all that `account` may withdraw of the payment token at `token`.
///
/// # Errors
/// [`ContractError::NothingOwed`].
pub fn withdraw(storage: &mut dyn Storage, token: &Addr, account: &Addr) -> Result<Uint128, ContractError> {
    Ok(Market.withdraw(storage, account)?.ok_or_else(|| NothingOwed::new(account, token))?)
}
