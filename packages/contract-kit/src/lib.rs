//! What every contract does the same way: checks of what a message carries ([`input`]), who may send it
//! ([`permission`]), cw20 tokens ([`token`]), money that is held for others ([`ledger`]), pages of answers ([`page`]), public
//! randomness ([`randomness`]), contracts to collect from ([`source`]), settings that wait ([`delay`]), structures in structures ([`nested()`]), ownership in
//! two steps, a pause, migration; with the feature `ibc` also channels.
//!
//! Each contract has its own error type: the functions here return small error types, which it converts with `From`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

#[cfg(feature = "ibc")]
pub mod channel;
pub mod delay;
pub mod input;
pub mod ledger;
pub mod migration;
mod nested;
pub mod ownership;
pub mod page;
pub mod pause;
pub mod permission;
pub mod randomness;
pub mod source;
pub mod token;

pub use input::InputError;
pub use nested::nested;
