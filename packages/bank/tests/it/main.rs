//! Tests of `bithive-bank` through its public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod hostile;
mod legs;
mod messages;
mod samples;
