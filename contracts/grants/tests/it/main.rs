//! Tests of `bithive-grants` through its messages, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod anchor;
mod consent;
mod content;
mod emergency;
mod migration;
mod model;
mod orders;
mod permissions;
