//! The market: a job is posted with its price in escrow, chosen workers commit to a masked result and reveal
//! it, a quorum within tolerance signs the outcome, and the escrow is divided.
//!
//! Start with [`contract`], which dispatches to one module for each message; [`permission`] says who may send it. Read
//! [`state`] for what is stored, [`transitions`] for what happens when a round ends, [`settlement`] for what it takes to be
//! paid, [`division`] for who receives what, and [`ledger`] for every movement of money. Messages, states and their diagram
//! are in `bithive_api::jobs`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod add_escrow;
pub mod admin;
pub mod advance;
pub mod assign;
pub mod bases;
pub mod cancel;
pub mod commit;
pub mod contract;
pub mod division;
pub mod error;
pub mod finalize;
pub mod finalize_many;
pub mod ledger;
pub mod open_rounds;
pub mod permission;
pub mod post;
pub mod query;
pub mod report;
pub mod reveal;
pub mod settlement;
pub mod sign;
pub mod state;
pub mod transitions;
pub mod withdraw;

pub use error::ContractError;
