//! Rounds of a drand network, verified once and read by everybody.
//!
//! Start with [`contract`], which dispatches. [`request`] has what waits for a round, [`beacon`] what brings one, [`deliver`] what calls those
//! who waited.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
#![deny(clippy::let_underscore_must_use)]

pub mod beacon;
pub mod contract;
pub mod deliver;
pub mod error;
pub mod pay;
pub mod permission;
pub mod query;
pub mod request;
pub mod state;

pub use error::ContractError;
