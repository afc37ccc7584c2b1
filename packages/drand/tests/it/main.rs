//! Tests of `bithive-drand` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod chain;
mod common;
mod seed;
mod stand_in;
mod verify;
