//! Tests of `bithive-economy-model` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod doors;
mod economy;
mod gas;
mod money;
mod payments;
mod storage;
mod table;
mod tree;
mod world;
