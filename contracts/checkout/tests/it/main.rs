//! Tests of `bithive-checkout` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bounds;
mod exits;
mod feed;
mod lists;
mod migration;
mod model;
mod offers;
mod pay;
mod permissions;
mod plain;
mod quoted;
mod reentrancy;
mod refunds;
mod replay;
mod world;
