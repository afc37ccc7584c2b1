//! Messages, responses and events of every BitHive contract, one module per contract, without logic.
//!
//! Contracts, daemons, the command line and the web page all speak through these types, so a contract never needs
//! another contract's crate. Amounts are in base units (6 decimals), addresses are bech32 texts, times are Unix seconds
//! of the chain's clock, digests are 32 raw bytes (hex in JSON), points are compressed BLS12-381 in the encoding of the
//! Zcash specification (48 bytes in G1, 96 bytes in G2).

pub mod asset;
pub mod attestations;
pub mod checkout;
pub mod datasets;
pub mod delay;
pub mod drand;
pub mod emissions;
pub mod escrow;
pub mod event;
pub mod flows;
pub mod grants;
pub mod ibc;
pub mod ics20;
pub mod jobs;
pub mod listings;
pub mod meter;
pub mod models;
pub mod oracle;
pub mod permission;
pub mod randomness;
pub mod registry;
pub mod relay;
pub mod rewards;
pub mod staking;
pub mod timebank;
pub mod token;
pub mod treasury;
pub mod vesting;

pub use event::{ChainEvent, ContractEvent, EventError};

use cosmwasm_schema::cw_serde;

/// Migration carries no parameters: what changes is derived from the stored version.
#[cw_serde]
pub struct MigrateMsg {}
