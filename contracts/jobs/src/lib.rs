//! The market: a job is posted with its price in escrow, chosen workers commit to a masked result and reveal
//! it, a quorum within tolerance signs the outcome, and the escrow is divided.
//!
//! Read [`state`] for what is stored, [`execute`] for one function per message, [`transitions`] for what
//! happens when a round ends, [`settlement`] for what it takes to be paid, and [`ledger`] for every movement of money. Messages, states and their diagram
//! are in `bithive_api::jobs`.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap
    )
)]

pub mod contract;
pub mod error;
pub mod events;
pub mod execute;
pub mod ledger;
pub mod members;
pub mod query;
pub mod report;
pub mod settlement;
pub mod state;
pub mod transitions;

pub use error::ContractError;
