//! Tests of `bithive-jobs` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod advance;
mod assign;
mod attacks;
mod bases;
mod cancel;
mod commit;
mod finalize;
mod finalize_many;
mod instantiate;
mod money;
mod permissions;
mod post;
mod report;
mod reveal;
mod withdraw;
