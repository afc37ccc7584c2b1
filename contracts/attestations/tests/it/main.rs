//! Tests of `bithive-attestations` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod admin;
mod channel;
mod model;
mod permissions;
mod receive;
mod send;
mod submit;
