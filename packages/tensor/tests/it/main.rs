//! Tests of `bithive-tensor` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod encoding;
mod input;
mod preprocessing;
mod tensor;
