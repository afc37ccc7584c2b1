//! Tests of `bithive-emissions` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod model;
mod permissions;
mod release;
mod work;
