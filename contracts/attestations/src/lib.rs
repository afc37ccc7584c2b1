//! What a job's quorum signed, carried to other chains over IBC and verified there once more.
//!
//! Start with [`contract`], which dispatches what accounts send, and [`ibc`], which dispatches what the IBC module
//! calls. [`channel`] says who may open channels, [`send`] what leaves, [`receive`] what arrives; [`verify`] checks a
//! worker set and a statement, [`record`] decides what of it is new.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod admin;
pub mod channel;
pub mod contract;
pub mod error;
pub mod ibc;
pub mod permission;
pub mod query;
pub mod receive;
pub mod record;
pub mod refusal;
pub mod send;
pub mod state;
pub mod verify;

pub use error::ContractError;
pub use refusal::Refusal;
