//! Tests of `bithive-page` over real HTTP on loopback, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod chain;
mod client;
mod content;
mod courier;
mod crowd;
mod doors;
mod files;
mod job;
mod mail;
mod metrics;
mod reports;
mod setup;
