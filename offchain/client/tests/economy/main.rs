//! The economy as an account sees it: what it can take, and that it takes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod claims;
mod setup;
mod stakes;
