//! Tests of `bithive-escrow` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod arbiter;
mod bounds;
mod code;
mod crowd;
mod exits;
mod lists;
mod migration;
mod model;
mod ops;
mod payer;
mod permissions;
mod plain;
mod reentrancy;
mod signers;
mod world;
