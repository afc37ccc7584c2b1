//! Our tokens on other chains and back, by ICS-20.
//!
//! Start with [`contract`], which dispatches what accounts send, and [`ibc`], which dispatches what the IBC module
//! calls. [`send`] puts tokens into escrow, [`receive`] takes them out of it for what comes back, [`refund`] for what
//! did not arrive; [`ledger`] is the only place where what is outside changes.
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
pub mod ibc;
pub mod ledger;
pub mod permission;
pub mod query;
pub mod receive;
pub mod refund;
pub mod send;
pub mod state;

pub use error::ContractError;
