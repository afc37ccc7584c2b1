//! Tests of `bithive-x402` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod book;
mod headers;
mod terms;
