//! Tests of `bithive-contract-kit` over all contracts, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod anatomy;
