//! BTT for what patients do for their health, approved by several parties.
//!
//! Start with [`contract`], which dispatches; [`propose`] has proposals and approvals, [`pay`] the payment with its limits,
//! [`admin`] budget and owner. The formula is `bithive_economics::score::reward`.
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
pub mod pay;
pub mod permission;
pub mod propose;
pub mod query;
pub mod state;

pub use error::ContractError;
