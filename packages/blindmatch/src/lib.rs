//! Blind matching: a request finds the contributors that satisfy its policy; contributors that don't learn
//! nothing of the policy's values, and nobody learns a contributor's attributes.
//!
//! Read in this order:
//!
//! 1. [`schema`], [`attributes`] and [`commitment`]: what can be asked, the slots it expands to, a contributor's answers,
//!    and the commitments to them that it registers.
//! 2. [`policy`]: what a request asks, as text, as JSON, and compiled to a [`tree`] of (slot, value).
//! 3. [`committee`]: n members, of whom t answer, with keys for each epoch and slot that nobody ever holds.
//! 4. [`oprf`]: tags, the committee's blind evaluations of (slot, value), and [`quota`], the limit on them.
//! 5. [`vault`]: the policy masked by its tags; own tags open it or don't.
//! 6. [`claim`]: the sealed answer of a contributor that opened a vault.
//! 7. [`vector`]: attributes that are vectors of bits, asked for by distance.
//!
//! The crate is pure: no I/O, no clock, and randomness comes from the caller. What leaks, and to whom, is in the
//! README.

pub mod attributes;
pub mod claim;
mod codec;
pub mod commitment;
pub mod committee;
mod field;
mod hash;
mod leaves;
mod opening;
pub mod oprf;
mod point;
pub mod policy;
pub mod quota;
pub mod schema;
mod sharing;
pub mod tree;
pub mod vault;
pub mod vector;

pub use codec::DecodeError;

/// The README's example runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
