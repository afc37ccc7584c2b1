//! Tests of `bithive-exchange` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod local;
mod relay_url;
