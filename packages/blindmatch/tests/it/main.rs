//! Tests of `bithive-blindmatch` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod claim;
mod commitment;
mod committee;
mod common;
mod decode;
mod format;
mod formulas;
mod isolation;
mod leakage;
mod oprf;
mod policy;
mod quota;
mod schema;
mod secrecy;
mod spec;
mod template_evaluations;
mod vault;
mod vector;
mod vectors;
