//! Mints BTK as time goes on: to contributors by verified work, and to three recipients.
//!
//! Start with [`contract`], which dispatches; [`work`] has what concerns contributors, [`release`] the other buckets,
//! [`admin`] what the owner does. How much there is, whose it is and when it is due is said once, by
//! `bithive_economics::emission` and `bithive_economics::work`.
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
pub mod release;
pub mod state;
pub mod work;

pub use error::ContractError;
