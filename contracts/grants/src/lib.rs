//! Consents of data's subjects, emergencies in which data is opened without one, heads of audit logs, and who may read encrypted contents.
//!
//! Start with [`contract`], which dispatches. [`consent`] has what subjects do, [`emergency`] what requesters do, [`anchor`] what anybody
//! does with the heads of its own logs; [`check`] is the question that the job market asks before workers are assigned. [`content`] has what
//! authors register, [`permit`] who may read it: what a committee asks before it releases a key.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod anchor;
pub mod check;
pub mod consent;
pub mod content;
pub mod contract;
pub mod emergency;
pub mod error;
pub mod permission;
pub mod permit;
pub mod query;
pub mod state;

pub use error::ContractError;
