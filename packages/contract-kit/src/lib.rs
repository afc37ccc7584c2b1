//! What every contract does the same way: ownership in two steps, a pause, migration.
//!
//! Contracts keep their errors: each function returns the smallest error there is, which theirs take in with `From`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

pub mod migration;
pub mod ownership;
pub mod pause;
