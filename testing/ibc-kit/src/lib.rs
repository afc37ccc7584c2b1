//! Shared by the tests of contracts that speak IBC, and by nothing else: two chains in process and what passes
//! between them.
//!
//! [`link`] carries packets in the tests' hands; [`attestations`], [`datasets`] and [`ics20`] are chains with those
//! contracts, on top of `bithive_test_kit`. Everything panics where a test would have to: this crate is test code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

pub mod attestations;
pub mod datasets;
pub mod ics20;
pub mod link;

pub use attestations::AttestationsSuite;
pub use datasets::DatasetsSuite;
pub use ics20::Ics20Suite;
pub use link::Link;
