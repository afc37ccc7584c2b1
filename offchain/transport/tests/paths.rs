//! The transport over networks that are not loopback: NATs, slow links, relays with TLS, the local network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![cfg(target_os = "linux")]

mod network;
