#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
//! The embedded chain seen through the `Chain` trait.

mod blocks;
mod gas;
mod kill;
mod persistence;
mod probe;
mod setup;
mod transactions;
mod wallet;
