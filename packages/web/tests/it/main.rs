//! What the page's module does, beside the code of native nodes, members and chains: one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

mod attestation;
mod encryption;
mod matching;
mod module;
mod policy;
mod record;
#[path = "../world/mod.rs"]
mod world;
