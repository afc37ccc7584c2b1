//! A requester on a whole network in this process: real contracts, committee, nodes and cryptography.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

mod assign;
mod claims;
#[path = "../../../node/tests/it/flaky.rs"]
mod flaky;
mod forge;
mod outputs;
mod resume;
mod rounds;
#[path = "../../../node/tests/it/town.rs"]
mod town;
