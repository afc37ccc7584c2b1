//! Tests of `bithive-token` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod allowances;
mod instantiate;
mod migrate;
mod mint;
mod minter_and_marketing;
mod model;
mod permissions;
mod transfer;
