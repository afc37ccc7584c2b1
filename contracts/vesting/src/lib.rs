//! Amounts of cw20 tokens that become due on a schedule.
//!
//! Start with [`contract`], which dispatches; [`execute`] has one function for each message. When an amount is due is
//! said once, by `bithive_economics::vesting`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

pub mod contract;
pub mod error;
pub mod execute;
pub mod query;
pub mod state;

pub use error::ContractError;
