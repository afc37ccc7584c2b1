//! Credits for idle compute, which earn interest and pay for jobs.
//!
//! Start with [`contract`], which dispatches; [`account`] has what happens to credits, [`import`] what oracles attest,
//! [`ledger`] the rule that every credit is funded, [`admin`] what the owner does. The arithmetic of interest is
//! `bithive_economics::interest`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod account;
pub mod admin;
pub mod contract;
pub mod error;
pub mod import;
pub mod ledger;
pub mod permission;
pub mod query;
pub mod state;

pub use error::ContractError;
