//! What the crate promises, and what those pay who cheat.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod block;
mod cheats;
mod graph;
mod messages;
mod proof;
