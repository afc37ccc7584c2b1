//! Shared by every contract's tests, and by nothing else: a chain in process with the contracts on it.
//!
//! [`Suite`] is the chain, its accounts (by name) and its clock; [`token`] and [`registry`] add what tests of
//! those contracts and of the contracts above them need; [`NodeKeys`] are a participant's keys, the same for
//! the same name in every run. Everything panics where a test would have to: this crate is test code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

pub mod checkout;
mod delay;
pub mod drand;
pub mod emissions;
pub mod escrow;
pub mod events;
pub mod faucet;
pub mod flows;
pub mod grants;
pub mod idle;
pub mod jobs;
pub mod keys;
pub mod listings;
pub mod meter;
pub mod models;
pub mod oracle;
pub mod permissions;
pub mod randomness;
pub mod registry;
pub mod rewards;
mod setup;
pub mod staking;
pub mod suite;
pub mod timebank;
pub mod token;
pub mod treasury;
pub mod vesting;

pub use events::announced;
pub use jobs::{Answer, JobsSuite};
pub use keys::NodeKeys;
pub use meter::Metered;
pub use suite::{CHAIN_ID, FEE_DENOM, START, Suite, TestApp, UNIT, refusal};
