//! Tests of `bithive-dgkbe` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]
#![cfg(feature = "curve")]

mod ceremony;
mod common;
mod files;
mod groups;
mod kem;
mod kem_groups;
mod keys;
mod misuse;
mod opening;
mod payload;
mod slots;
mod source_scheme;
mod vectors;
