//! What every contract does the same way: ownership in two steps, a pause, migration; with the feature `ibc` also
//! channels.
//!
//! Contracts keep their errors: each function returns the smallest error there is, which theirs take in with `From`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

#[cfg(feature = "ibc")]
pub mod channel;
pub mod migration;
pub mod ownership;
pub mod pause;
