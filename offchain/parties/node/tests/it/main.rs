//! Nodes on a whole network in this process: real contracts, committee and cryptography.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod audited;
mod by_hand;
mod consents;
mod ended;
mod faulty_rpc;
mod finalize;
mod flaky;
mod guards;
mod jobs;
mod keys;
mod killed;
mod onnx;
mod restarts;
mod rollback;
mod rpc;
mod signatures;
mod slow;
mod strangers;
mod town;
