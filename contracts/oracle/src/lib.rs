//! Prices that reporters sign, as a median that can refuse to answer.
//!
//! Start with [`contract`], which dispatches. [`admin`] has what the owner does, [`report`] says whether a report holds, [`submit`] what
//! reports come to, [`outlier`] what follows for those who reported. When a median is a price is `bithive_economics::trip`.
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
pub mod outlier;
pub mod permission;
pub mod query;
pub mod report;
pub mod state;
pub mod submit;

pub use error::ContractError;
