//! Commands for the tokens' economy: what accounts hold, stake, lock, are owed and claim, and what owners of
//! contracts set.

mod accounts;
mod announced;
mod budget;
mod catalog;
mod claims;
pub mod dataset;
mod idle;
pub mod model;
mod network;
pub mod owner;
mod pools;
pub mod profile;
pub mod registry;
pub mod rewards;
mod shares;
pub mod stake;
mod standing;
pub mod timebank;
pub mod treasury;
pub mod vesting;
pub mod wallet;

pub use network::{NetworkArgs, On};
