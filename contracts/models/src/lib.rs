//! Who is paid for a model, by the digest of its file, and which data owners let whom name them.
//!
//! Start with [`contract`], which dispatches; [`register`] and [`challenge`] have what happens to a registration,
//! [`consent`] what data owners state, [`query`] what a market asks.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod admin;
pub mod card;
pub mod challenge;
pub mod consent;
pub mod contract;
pub mod error;
pub mod permission;
pub mod query;
pub mod register;
pub mod state;

pub use error::ContractError;
