//! Tests of `bithive-staking` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod extremes;
mod model;
mod permissions;
mod rewards;
mod slash;
mod stake;
