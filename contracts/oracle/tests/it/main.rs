//! Tests of `bithive-oracle` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bounds;
mod lists;
mod machine;
mod migration;
mod model;
mod outliers;
mod owner;
mod permissions;
mod plain;
mod prices;
mod reports;
mod selective;
mod trips;
mod world;
