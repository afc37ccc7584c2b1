//! Between a hospital's systems and jobs.
//!
//! What arrives is checked at the door ([`Arrival`]), encrypted and on disk ([`Spool`]) before anybody is told that it was taken: objects by
//! DIMSE ([`dimse`]) and by STOW-RS, documents of FHIR ([`web`]). [`config`] says what a gateway is told, [`Gateway`] runs one.
//!
//! Nobody who sends is trusted: sizes, times and numbers have bounds, a refusal has a reason that its sender is told, and the log has no name
//! and no number of a patient.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::indexing_slicing
    )
)]

mod answer;
mod arrival;
mod classes;
mod clock;
pub mod config;
pub mod dimse;
mod disk;
mod documents;
mod error;
mod limits;
mod query;
mod run;
mod seal;
mod spool;
mod stow;
mod tally;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tls;
pub mod web;

pub use bithive_dicomnet::Uid;

pub use arrival::{About, Announced, Arrival, MAX_OBJECT, Refused};
pub use error::GatewayError;
pub use limits::SpoolLimits;
pub use run::Gateway;
pub use seal::SpoolKey;
pub use spool::{OWN, Spool, Stored, Tally};
pub use tally::GatewayMonitor;
