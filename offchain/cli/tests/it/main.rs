//! Tests of `bithive-cli` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod accreditation;
mod audit;
mod bad_input;
mod boinc;
mod ceremony;
mod common;
mod dataset;
mod demo;
mod demo_network;
mod economy_commands;
mod founding;
mod keys;
mod loopback;
mod measure;
mod messages;
mod meter;
mod netlab;
mod network;
mod owner;
mod page;
mod payload;
mod processes;
mod profile;
mod reading;
mod registry;
mod requester;
mod serve;
mod service;
mod settings;
mod setup;
mod timebank;
mod treasury;
mod tx;
