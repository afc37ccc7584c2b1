//! Tests of `bithive-inference` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod device;
mod images;
mod model;
mod wdbc;
