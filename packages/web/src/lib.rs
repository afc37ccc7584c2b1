//! What a requester's program does, for a web browser: policies, blinded evaluations, vaults, claims, encryption for the chosen nodes,
//! outputs and attestations.
//!
//! Read in this order: [`failure`] (what a page learns when something fails), [`policy`], [`evaluation`] (the committee's answers),
//! [`job`] (vaults and claims), [`sender`] (encryption), [`round`] (outputs), [`attestation`], [`record`] (secrets at rest). These
//! have no I/O and run on machines as well, where they are tested beside the native programs. `bindings` hands them to JavaScript; the README
//! has its interface.

pub mod attestation;
#[cfg(target_arch = "wasm32")]
pub mod bindings;
pub mod evaluation;
pub mod failure;
pub mod job;
pub mod policy;
mod random;
pub mod record;
pub mod round;
pub mod sender;

pub use failure::{Failure, Kind};
