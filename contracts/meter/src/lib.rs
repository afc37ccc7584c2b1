//! Idle time of machines, which members vouch for and the time bank credits.
//!
//! Start with [`contract`], which dispatches; [`claim`] has what machines state, [`vouch`] what members make of it, [`collect`] how it
//! becomes credits, [`admin`] what the owner does. Periods and what time is worth are `bithive_economics::idle`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod admin;
pub mod claim;
pub mod collect;
pub mod contract;
pub mod error;
pub mod permission;
pub mod query;
pub mod state;
pub mod vouch;

pub use error::ContractError;
