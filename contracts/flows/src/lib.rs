//! Deposits that drain to one payee, by time or by signed vouchers.
//!
//! Start with [`contract`], which dispatches. [`open`] has what brings money in, [`pay`] what credits the payee, [`close`] what ends
//! a flow; [`voucher`] says whether a signature holds.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod close;
pub mod contract;
pub mod error;
pub mod open;
pub mod pay;
pub mod permission;
pub mod query;
pub mod state;
pub mod voucher;

pub use error::ContractError;
