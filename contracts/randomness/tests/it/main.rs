//! Tests of `bithive-randomness` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bounds;
mod calls;
mod consumer;
mod expiry;
mod migration;
mod model;
mod permissions;
mod rounds;
mod world;
