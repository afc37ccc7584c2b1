//! Storage: what is kept, under which key.

use bithive_api::attestations::Source;
use bithive_api::datasets::{Asset, DatasetResponse, DepositResponse, Use, UseResponse};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, HexBinary, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// The attestations contract.
pub const ATTESTATIONS: Item<Addr> = Item::new("attestations");
/// Number of the next data set; 1 if absent.
pub const NEXT_DATASET: Item<u64> = Item::new("next_dataset");
/// Number of the next deposit; 1 if absent.
pub const NEXT_DEPOSIT: Item<u64> = Item::new("next_deposit");
/// Data sets by number.
pub const DATASETS: Map<u64, Dataset> = Map::new("datasets");
/// Deposits in escrow by number.
pub const DEPOSITS: Map<u64, Deposit> = Map::new("deposits");
/// Recorded uses, by data set and [`job_name`].
pub const USES: Map<(u64, &[u8]), Recorded> = Map::new("uses");

/// A data set.
#[cw_serde]
pub struct Dataset {
    /// Account that receives its shares.
    pub owner: Addr,
    /// Digest that its owner publishes.
    pub digest: HexBinary,
    /// What its share is paid in.
    pub asset: Asset<Addr>,
    /// What the next use costs.
    pub share: Uint128,
    /// Whether deposits are taken.
    pub active: bool,
    /// Recorded uses, one for each job.
    pub uses: u64,
    /// What was paid for them, in base units.
    pub earned: Uint128,
}

/// A deposit in escrow. What it was paid in is the data set's asset, which never changes.
#[cw_serde]
pub struct Deposit {
    /// Account that paid, and that a refund goes to.
    pub depositor: Addr,
    /// What was paid, in base units.
    pub amount: Uint128,
    /// The use that was paid for.
    pub purpose: Use,
}

/// A recorded use.
#[cw_serde]
pub struct Recorded {
    /// SHA-256 of the statement.
    pub statement: HexBinary,
    /// What was paid for it, in base units.
    pub paid: Uint128,
    /// When it was first recorded, in Unix seconds.
    pub recorded_at: u64,
}

/// A job's part of a key: each text behind its length, so that no two jobs have the same.
#[must_use]
pub fn job_name(source: &Source, job_id: u64) -> Vec<u8> {
    let mut name = vec![];
    for part in [source.chain_id.as_bytes(), source.jobs.as_bytes()] {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part);
    }
    name.extend_from_slice(&job_id.to_be_bytes());
    name
}

/// The data set `id`.
///
/// # Errors
/// [`ContractError::NoDataset`].
pub fn dataset(storage: &dyn Storage, id: u64) -> Result<Dataset, ContractError> {
    DATASETS.may_load(storage, id)?.ok_or(ContractError::NoDataset { id })
}

/// The deposit `id`.
///
/// # Errors
/// [`ContractError::NoDeposit`].
pub fn deposit(storage: &dyn Storage, id: u64) -> Result<Deposit, ContractError> {
    DEPOSITS.may_load(storage, id)?.ok_or(ContractError::NoDeposit { id })
}

impl Dataset {
    /// The response type of a query.
    #[must_use]
    pub fn response(self, id: u64) -> DatasetResponse {
        let Self { owner, digest, asset, share, active, uses, earned } = self;
        DatasetResponse { id, owner, digest, asset, share, active, uses, earned }
    }
}

impl Deposit {
    /// The response type of a query.
    #[must_use]
    pub fn response(self, id: u64) -> DepositResponse {
        let Self { depositor, amount, purpose } = self;
        DepositResponse { id, depositor, amount, purpose }
    }
}

impl Recorded {
    /// The response type of a query.
    #[must_use]
    pub fn response(self) -> UseResponse {
        let Self { statement, paid, recorded_at } = self;
        UseResponse { statement, paid, recorded_at }
    }
}
