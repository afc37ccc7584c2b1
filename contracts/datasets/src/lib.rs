//! The use of data sets, recorded and paid for when a job that used them is attested on this chain.
//!
//! Start with [`contract`], which dispatches; [`dataset`] has what owners do, [`escrow`] what happens to a deposit,
//! [`ledger`] is the only place where what is owed changes, [`proof`] asks whether a job is attested.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

pub mod contract;
pub mod dataset;
pub mod error;
pub mod escrow;
pub mod ledger;
pub mod proof;
pub mod query;
pub mod state;

pub use error::ContractError;
