//! What workers are paid, divided among all who have a share of it.

use bithive_economics::{Parts, Receivers, Split, fault};
use cosmwasm_std::{Addr, StdResult, Uint128};

use crate::ContractError;
use crate::admin::split_of;
use crate::state::{Config, Job, Worker};

/// Payments of one job: each amount is divided on its own, and each party receives the sum of its parts.
pub struct Division<'a> {
    config: &'a Config,
    job: &'a Job,
    split: Split,
    workers: Vec<(Addr, Uint128)>,
    shared: Parts<Uint128>,
}

impl<'a> Division<'a> {
    /// No payment yet.
    ///
    /// # Errors
    /// A split that is not the whole, which the contract can't be created with.
    pub fn new(config: &'a Config, job: &'a Job) -> Result<Self, ContractError> {
        Ok(Self { config, job, split: split_of(&config.split)?, workers: vec![], shared: Parts::default() })
    }

    /// Pays a worker its ask. Returns the treasury's part, which nobody can be who posted the job: workers and owners are whom
    /// it named, and patients may be.
    ///
    /// # Errors
    /// Overflow.
    pub fn pay(&mut self, worker: &Worker) -> StdResult<Uint128> {
        self.divide(worker, worker.ask.u128())
    }

    /// Pays a worker half of its ask, and returns it.
    ///
    /// # Errors
    /// Overflow.
    pub fn compensate(&mut self, worker: &Worker) -> StdResult<Uint128> {
        let half = fault::compensation(worker.ask.u128());
        self.divide(worker, half)?;
        Ok(half.into())
    }

    /// Takes half of a worker's ask for the treasury.
    ///
    /// # Errors
    /// Overflow.
    pub fn forfeit(&mut self, worker: &Worker) -> StdResult<()> {
        add(&mut self.shared.treasury, fault::compensation(worker.ask.u128()))
    }

    fn divide(&mut self, worker: &Worker, amount: u128) -> StdResult<Uint128> {
        let receivers = Receivers {
            model_owner: self.job.terms.model_owner.is_some(),
            data_owner: self.job.terms.data_owner.is_some(),
        };
        let parts = self.split.divide(amount, receivers);
        self.workers.push((worker.address.clone(), parts.worker.into()));
        add(&mut self.shared.model_owner, parts.model_owner)?;
        add(&mut self.shared.data_owner, parts.data_owner)?;
        add(&mut self.shared.treasury, parts.treasury)?;
        add(&mut self.shared.incentive_pool, parts.incentive_pool)?;
        Ok(parts.treasury.into())
    }

    /// What each party receives.
    #[must_use]
    pub fn payments(self) -> Vec<(Addr, Uint128)> {
        let Self { config, job, workers: mut payments, shared, .. } = self;
        payments.extend(job.terms.model_owner.clone().map(|owner| (owner, shared.model_owner)));
        payments.extend(job.terms.data_owner.clone().map(|owner| (owner, shared.data_owner)));
        payments.push((config.treasury.clone(), shared.treasury));
        payments.push((config.incentive_pool.clone(), shared.incentive_pool));
        payments
    }
}

fn add(sum: &mut Uint128, part: u128) -> StdResult<()> {
    *sum = sum.checked_add(part.into())?;
    Ok(())
}
