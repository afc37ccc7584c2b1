//! Nodes on a whole network in this process: real contracts, committee and cryptography.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod by_hand;
mod finalize;
mod flaky;
mod guards;
mod jobs;
mod keys;
mod killed;
mod restarts;
mod signatures;
mod strangers;
mod town;
