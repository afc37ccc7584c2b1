//! A short text that the owner shows to everybody.
//!
//! Start with [`contract`], which dispatches; [`notice`] has what happens.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::let_underscore_must_use
)]

pub mod contract;
pub mod error;
pub mod notice;

pub use error::ContractError;
