//! cw20 token whose supply has a cap that no path exceeds.
//!
//! Balances, allowances and marketing are those of `cw20-base`; this crate adds what it lacks: exact totals of
//! what was ever minted and burnt, a cap on the first of the two (burning makes no room), and errors that say
//! what was expected. Start with [`contract`], which dispatches; [`execute`] checks and then calls `cw20-base`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

pub mod contract;
pub mod error;
pub mod execute;
pub mod query;
pub mod state;

pub use error::ContractError;
