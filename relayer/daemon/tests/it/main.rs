//! The relayer against a chain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod crashes;
mod faulty;
mod fees;
mod market;
mod planning;
mod records;
mod rollback;
mod settling;
mod sharing;
mod world;
