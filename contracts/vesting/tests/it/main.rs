//! Tests of `bithive-vesting` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod claim;
mod lock;
mod migrate;
mod model;
mod permissions;
mod reentrancy;
