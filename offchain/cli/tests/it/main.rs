//! Tests of `bithive-cli` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod accreditation;
mod audit;
mod bad_input;
mod ceremony;
mod common;
mod demo;
mod demo_network;
mod economy_commands;
mod founding;
mod keys;
mod loopback;
mod measure;
mod netlab;
mod network;
mod payload;
mod reading;
mod requester;
mod serve;
mod settings;
mod setup;
