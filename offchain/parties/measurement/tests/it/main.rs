//! Nodes that are measured, honest and not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod cheats;
mod memory;
mod speed;
mod world;
