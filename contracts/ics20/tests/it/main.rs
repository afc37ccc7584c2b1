//! Tests of `bithive-ics20` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod admin;
mod back;
mod model;
mod moody_token;
mod permissions;
mod send;
