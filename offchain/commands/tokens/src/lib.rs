//! Commands for the tokens' economy: what accounts hold, stake, lock, are owed and claim, and what owners of
//! contracts set; and transactions in files, which are made, signed and sent on different machines.

mod accounts;
mod announced;
mod budget;
mod catalog;
mod claims;
mod currency;
pub mod dataset;
mod group;
mod idle;
pub mod model;
mod network;
pub mod owner;
mod pools;
pub mod profile;
pub mod registry;
pub mod rewards;
mod shares;
mod shown;
pub mod stake;
mod standing;
pub mod stream;
mod streams;
pub mod timebank;
pub mod treasury;
pub mod tx;
mod unsigned;
pub mod vesting;
pub mod voucher;
pub mod wallet;

pub use accounts::Accounts;
pub use announced::{OWNER, address_of};
pub use group::{run, run_on};
pub use network::{NetworkArgs, On};
pub use unsigned::{Transactions, Transacts};
