//! Tests of `bithive-release` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod ceremony;
mod common;
mod decoding;
mod release;
mod vectors;
