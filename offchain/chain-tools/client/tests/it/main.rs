//! Tests of `bithive-client` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod dispute;
mod economy;
mod pages;
mod refusals;
