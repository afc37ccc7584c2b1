//! Registry of nodes, requesters and the committee, and custody of their bonds.
//!
//! Start with [`contract`], which dispatches. [`register`] lets accounts in, [`bond`] lets them out and takes
//! what a fault costs, [`dispute`] judges keys, [`admin`] wires the contract, [`committee`] lists who evaluates,
//! [`candidates`] who stands for it, [`election`] who is elected and [`absence`] who is not there; [`record`] has what nodes have done, [`relay`] says
//! how an endpoint is reached.
//! [`state`] holds every storage key and the rule that the sum of all bonds is known exactly.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod absence;
mod accreditation;
pub mod admin;
pub mod bond;
pub mod candidates;
pub mod committee;
pub mod contract;
pub mod dispute;
pub mod election;
pub mod error;
pub mod permission;
pub mod query;
pub mod record;
pub mod register;
pub mod relay;
pub mod state;
pub mod validate;

pub use error::ContractError;
