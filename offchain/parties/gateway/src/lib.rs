//! Between a hospital's systems and jobs.
//!
//! What arrives is checked at the door ([`Arrival`]), encrypted and on disk ([`Spool`]) before anybody is told that it was taken: objects by
//! DIMSE ([`dimse`]) and by STOW-RS, documents of FHIR ([`web`]). [`config`] says what a gateway is told, [`Gateway`] runs one.
//!
//! What follows is [`Gateway::work`]: by the rules of the configuration a [`Study`] becomes images without what names the patient, and jobs
//! that a [`Market`] posts; their results become a report of FHIR and objects of DICOM in the spool, and a [`Letter`] for each of them to
//! each destination. Every step is recorded, and can be repeated.
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
mod audit;
mod auth;
mod classes;
mod clock;
pub mod config;
mod config_error;
mod desk;
mod destinations;
pub mod dimse;
mod disk;
mod documents;
mod ehr;
mod error;
mod forget;
mod https;
mod images;
mod limits;
mod market;
mod outbox;
mod parts;
mod query;
mod reports;
mod results;
mod rules;
mod run;
mod scu;
mod seal;
mod senders;
mod spool;
mod stow;
mod study;
mod tally;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tls;
pub mod web;

pub use bithive_dicomnet::Uid;

pub use arrival::{About, Announced, Arrival, MAX_OBJECT, Refused};
pub use audit::Audit;
pub use auth::{KeySetError, Login, LoginError, SignedIn, Token, TokenError};
pub use error::GatewayError;
pub use forget::forget;
pub use limits::SpoolLimits;
pub use market::{Market, ModelFacts, Permission, Prices, Progress, Settled, Trouble};
pub use outbox::{Letter, Thing, letters};
pub use reports::{Reports, ReportsError};
pub use run::Gateway;
pub use seal::SpoolKey;
pub use spool::{OWN, Spool, Stored, Tally};
pub use study::{Part, Source, Stage, Study, again, studies};
pub use tally::GatewayMonitor;
