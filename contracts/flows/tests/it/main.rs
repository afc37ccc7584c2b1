//! Tests of `bithive-flows` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bounds;
mod close;
mod lists;
mod machine;
mod migration;
mod model;
mod permissions;
mod plain;
mod rate;
mod redeem;
mod reentrancy;
mod vouchers;
mod world;
