//! Money that waits for a condition, milestone by milestone.
//!
//! Start with [`contract`], which dispatches. [`terms`] checks what is agreed, [`open`] and [`fund`] bring money in, [`submit`] has what
//! payees say, [`approve`] what their counterpart says, [`dispute`] what the arbiter does, [`advance`] what a passed deadline does, and
//! [`pay`] moves what is in escrow into credits.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod advance;
pub mod approve;
pub mod contract;
pub mod dispute;
pub mod error;
pub mod fund;
pub mod open;
pub mod pay;
mod payment;
pub mod permission;
pub mod query;
pub mod state;
pub mod submit;
pub mod terms;

pub use error::ContractError;
