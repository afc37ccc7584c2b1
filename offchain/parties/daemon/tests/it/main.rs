//! Tests of `bithive-daemon` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod config;
mod health;
mod meter;
mod metrics;
mod oracle;
mod run;
mod waiting;
