//! Tests of `bithive-subject-keys` through its public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod erasure;
mod sealed;
