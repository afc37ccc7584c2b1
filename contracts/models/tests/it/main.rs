//! Tests of `bithive-models` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attacks;
mod model;
mod permissions;
mod register;
