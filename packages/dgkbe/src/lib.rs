//! Differential group-key broadcast encryption: one header of 128 bytes for each group of up to 4096 slots that a
//! set touches sends a key to exactly that set, and going from one set to the next costs one point addition per
//! changed slot.
//!
//! Reader's order: [`slots`] and [`groups`] (who is addressed), [`crs`] (common reference string and its ceremony),
//! [`keys`] (a user's own key pair, and how others check it), [`kem`] (header and shared key),
//! [`dem`] (payload), [`envelope`] (both in one call). The crate's README states what is proven and where.
//!
//! With `default-features = false` only [`slots`] and [`groups`] remain; the feature `opening` adds the module of that
//! name, which proves one part of a key file against its digest. Neither compiles curve code.

pub mod groups;
mod hash;
mod numbers;
pub mod slots;

#[cfg(feature = "curve")]
pub mod crs;
#[cfg(feature = "curve")]
pub mod dem;
#[cfg(feature = "curve")]
pub mod envelope;
#[cfg(feature = "curve")]
pub mod format;
#[cfg(feature = "curve")]
pub mod kem;
#[cfg(feature = "curve")]
pub mod keys;
#[cfg(feature = "opening")]
mod layout;
#[cfg(feature = "opening")]
pub mod opening;
#[cfg(feature = "curve")]
mod progress;

pub use groups::{GroupedSet, Groups, MAX_GROUPS};
pub use slots::{MAX_SLOTS, SlotError, SlotSet};

#[cfg(feature = "curve")]
pub use crs::Crs;
#[cfg(feature = "curve")]
pub use envelope::{Receiver, Sender};
#[cfg(feature = "curve")]
pub use kem::{Context, Header};
#[cfg(feature = "curve")]
pub use keys::{KeyPair, PublicKey, SecretKey};
#[cfg(feature = "curve")]
pub use progress::Progress;

/// The README's example compiles and runs.
#[cfg(all(doctest, feature = "curve"))]
#[doc = include_str!("../README.md")]
pub struct ReadmeExample;
