//! Commands for the tokens' economy: what accounts hold, stake, lock, are owed and claim.

mod accounts;
mod budget;
mod claims;
pub mod model;
mod network;
mod pools;
pub mod rewards;
pub mod stake;
pub mod vesting;
pub mod wallet;

pub use network::{NetworkArgs, On};
