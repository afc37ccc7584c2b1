//! Tests of `bithive-rewards` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod admin;
mod collect;
mod model;
mod permissions;
mod rewards;
