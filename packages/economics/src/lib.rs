//! Integer mathematics of the token economy.
//!
//! Amounts are `u128` base units, shares are [`Bps`]. Every function is total, exact over the whole range of
//! `u128`, rounds against the receiver and conserves: what goes in is the sum of what comes out, to the unit.
//! Read [`bps`] first, then [`split`] (what a paid ask is divided into) and [`mod@slash`] (what a fault costs).
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap
    )
)]

pub mod bps;
pub mod slash;
pub mod split;

pub use bps::{Bps, BpsError};
pub use slash::{Slash, slash};
pub use split::{Parts, Receivers, Split, SplitError};
