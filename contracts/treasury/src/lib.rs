//! The protocol's share of settlements: buys back, burns, and is spent within bounds.
//!
//! Start with [`contract`], which dispatches; [`offer`] buys tokens, [`burn`] burns, [`admin`] has what the owner does and
//! what comes in. How a bid rises is said once, by `bithive_economics::offer`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod admin;
pub mod burn;
pub mod contract;
pub mod error;
pub mod offer;
pub mod permission;
pub mod query;
pub mod state;

pub use error::ContractError;
