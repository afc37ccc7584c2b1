//! Tests of `bithive-listings` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bounds;
mod category;
mod jury;
mod leave;
mod lists;
mod migration;
mod model;
mod permissions;
mod plain;
mod pool;
mod reentrancy;
mod ruling;
mod slash;
mod world;
