//! Tests of `bithive-registry` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod absence;
mod accreditation;
mod admin;
mod bond;
mod committee;
mod dispute;
mod election;
mod elections_model;
mod instantiate;
mod keyfiles;
mod migrate;
mod model;
mod permissions;
mod queries;
mod receive;
mod record;
mod reentrancy;
mod register_node;
mod register_requester;
mod relay;
mod slash;
