//! The committee and those that ask it, on real contracts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod agreement;
mod attendance;
mod epochs;
mod faults;
mod quota;
mod releases;
mod rotation;
mod tags;
mod watch;
mod world;
