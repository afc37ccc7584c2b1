//! The use of data sets, recorded and paid for when a job that used them is attested on this chain.
//!
//! Start with [`contract`], which dispatches; [`dataset`] has what owners do, [`escrow`] what happens to a deposit;
//! what is owed is in the contract kit's ledger. [`proof`] asks whether a job is attested.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod contract;
pub mod dataset;
pub mod error;
pub mod escrow;
pub mod permission;
pub mod proof;
pub mod query;
pub mod state;

pub use error::ContractError;
