//! How many rounds each worker is bound in. Its bond covers a slash in each of them, so that what it does in many jobs at once
//! costs it as much as in each alone.

use std::collections::BTreeMap;

use bithive_economics::fault;
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::state::{Config, OPEN_ROUNDS, Round, Worker};

/// Binds a worker with this bond in one round more.
///
/// # Errors
/// [`ContractError::BondBound`].
pub fn bind(
    storage: &mut dyn Storage,
    config: &Config,
    worker: &Worker,
    bond: Uint128,
) -> Result<(), ContractError> {
    let open = OPEN_ROUNDS.may_load(storage, &worker.address)?.unwrap_or_default();
    let rounds = open.saturating_add(1);
    if !fault::covers(bond.u128(), rounds, config.slash_amount.u128()) {
        let (slot, address, each) = (worker.slot, worker.address.to_string(), config.slash_amount);
        return Err(ContractError::BondBound { slot, address, bond, open, each });
    }
    Ok(OPEN_ROUNDS.save(storage, &worker.address, &rounds)?)
}

/// Rounds that have ended, by worker: each worker is written once.
#[derive(Default)]
pub struct Ended(BTreeMap<Addr, u32>);

impl Ended {
    /// Adds a round that has ended.
    pub fn add(&mut self, round: &Round) {
        for worker in &round.workers {
            let ended = self.0.entry(worker.address.clone()).or_default();
            *ended = ended.saturating_add(1);
        }
    }

    /// Frees the bonds of their workers.
    ///
    /// # Errors
    /// Storage errors.
    pub fn free(self, storage: &mut dyn Storage) -> StdResult<()> {
        for (address, ended) in self.0 {
            // Rounds that an earlier version of this contract began were not counted: there may be fewer than end.
            let open = OPEN_ROUNDS.may_load(storage, &address)?.unwrap_or_default().saturating_sub(ended);
            match open {
                0 => OPEN_ROUNDS.remove(storage, &address),
                open => OPEN_ROUNDS.save(storage, &address, &open)?,
            }
        }
        Ok(())
    }
}
