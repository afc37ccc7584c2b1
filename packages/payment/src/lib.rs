//! What sellers and payers hand each other without a chain: [`link`], which names what is to be paid, and [`coding`], a salted digest of
//! what it is for.

#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

pub mod coding;
pub mod link;

pub use link::{Link, LinkError, Request};
