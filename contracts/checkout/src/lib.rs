//! What is for sale, and what was paid.
//!
//! Start with [`contract`], which dispatches. [`offer`] has what sellers put up, [`pay`] what brings money in, [`refund`] what
//! gives it back or out; [`price`] says what an offer costs.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod contract;
pub mod error;
mod funds;
pub mod offer;
pub mod pay;
pub mod permission;
pub mod price;
pub mod query;
pub mod refund;
pub mod state;

pub use error::ContractError;
