//! Amounts of cw20 tokens that become due on a schedule.
//!
//! Start with [`contract`], which dispatches; [`lock`] has what comes in, [`pay`] what goes out,
//! [`permission`] who may send what. When an amount is due is
//! said once, by `bithive_economics::vesting`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod contract;
pub mod error;
pub mod lock;
pub mod pay;
pub mod permission;
pub mod query;
pub mod state;

pub use error::ContractError;
