//! What the log on disk promises.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod full_disk;
mod hook;
mod writing;
