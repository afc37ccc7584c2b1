//! Tests of `bithive-deid` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bounds;
mod collection;
mod common;
mod float_pixels;
mod frames;
mod numbers;
mod pixels;
mod profile;
mod rendered_text;
