//! Tests of `bithive-attest` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod batch;
mod common;
mod job;
mod projection;
mod quorum;
mod refusals;
mod results;
mod signatures;
mod spec;
mod standard;
mod vectors;
