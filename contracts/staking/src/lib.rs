//! BTK behind nodes: pledges, delegations, rewards, slashes and votes.
//!
//! Start with [`contract`], which dispatches. [`stake`] has what comes in, [`unbond`] what goes out, [`reward`] and
//! [`slash`] what happens in between, [`admin`] what the owner and operators set. The arithmetic of pools and pledges is
//! in `bithive_economics`.
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
pub mod receive;
pub mod reward;
pub mod slash;
pub mod stake;
pub mod state;
pub mod unbond;

pub use error::ContractError;
