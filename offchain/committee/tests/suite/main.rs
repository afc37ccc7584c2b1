//! The committee and those that ask it, on real contracts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod epochs;
mod faults;
mod quota;
mod tags;
mod world;
