//! cw20 token whose supply has a cap that no path exceeds.
//!
//! Balances, allowances and marketing are those of `cw20-base`; this crate adds what it lacks: exact totals of
//! what was ever minted and burnt, a cap on the first of the two (burning makes no room), and errors that say
//! what was expected. Start with [`contract`], which dispatches; [`transfer`], [`supply`] and
//! [`admin`] check and then call `cw20-base`, [`permission`] says who may send what.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod admin;
pub mod contract;
pub mod error;
pub mod permission;
pub mod query;
pub mod state;
pub mod supply;
pub mod transfer;

pub use error::ContractError;
