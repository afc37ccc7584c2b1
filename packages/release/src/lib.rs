//! Keys of contents that a committee releases.
//!
//! An author encrypts a content under a key of its own ([`ContentKey`]) and wraps that key for a committee ([`Wrap`]). A member answers a
//! reader with a share ([`Share`]) once a contract says that the reader is permitted; t shares of n members give the key ([`combine`]).
//!
//! Read in this order:
//!
//! 1. [`ceremony`]: how n members make one key of which each has a share and nobody has the whole; [`Committee`] is what everybody
//!    knows of it, [`MemberKey`] what one member keeps.
//! 2. [`key`]: a content's key, its commitment, and what its ciphertext is bound to.
//! 3. [`wrap`]: the wrapped key, which is bound to chain, contract, author and content: the threshold encryption of Baek and Zheng ("Simple
//!    and efficient threshold cryptosystem from the gap Diffie-Hellman group", 2003) on BLS12-381. A wrap that was copied under
//!    another author is one that no member answers.
//! 4. [`share`]: a member's share and its proof (Chaum and Pedersen, 1992), which says which member has lied.
//!
//! [`Request`] is what a reader asks a member for.
//!
//! Fewer than t members learn nothing, however they work together. t of them can open everything that was wrapped for them, whatever any
//! contract says. A key that was released can't be called back.
//!
//! The crate is pure: no I/O, no clock, and randomness comes from the caller. Its keys have nothing in common with those of blind matching.

mod bounds;
pub mod ceremony;
mod committee;
mod error;
pub mod key;
mod numbers;
mod proof;
mod reader;
mod request;
pub mod share;
pub mod wrap;

pub use bounds::MAX_MEMBERS;
pub use committee::{Committee, MemberKey, Seat};
pub use error::{CeremonyError, CombineError, DecodeError, Fault, FaultReason, WrapError};
pub use key::{ContentKey, Label};
pub use request::Request;
pub use share::{Share, combine};
pub use wrap::Wrap;
