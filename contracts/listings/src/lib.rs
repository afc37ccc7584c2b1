//! A bond that anyone may challenge, decided by a named ruler or by jurors that drand draws.
//!
//! Start with [`contract`], which dispatches. [`pay`] has what brings money in and takes it out, [`listing`] what an owner, a slasher and
//! a labeller do, [`challenge`] how a challenge begins, [`jury`] who judges it, [`verdict`] how it ends, [`pool`] the seats of jurors,
//! [`category`] what the contract's owner sets.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod category;
pub mod challenge;
mod content;
pub mod contract;
pub mod error;
pub mod jury;
pub mod listing;
pub mod pay;
mod payment;
pub mod permission;
pub mod pool;
pub mod query;
mod seats;
pub mod state;
pub mod verdict;

pub use error::ContractError;
