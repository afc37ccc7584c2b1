//! Randomness that nobody chooses and anybody checks: rounds of a drand network.
//!
//! A drand network of the scheme `bls-unchained-g1-rfc9380` publishes one BLS signature every few seconds. The
//! message of round n is SHA-256 of n (eight bytes, big-endian); the signature is a point of G1, the network's
//! public key one of G2; the round's randomness is SHA-256 of the signature. A BLS signature is unique, so the
//! threshold of nodes that makes it can withhold it but can't choose it.
//!
//! Read in this order: [`Chain`] (which network, and when its rounds are), [`QUICKNET`] (the one that BitHive
//! uses), [`Beacon`] (a round that verified), and then the verifiers: `native` runs anywhere, `host` uses a
//! chain's BLS12-381 host functions. Both take the same arguments and return the same values and errors. [`Seed`] is what one use
//! of a round draws with.
//!
//! The crate is pure: no I/O and no clock. Who fetches a beacon, from whom, does not matter: it verifies or not.

mod beacon;
mod chain;
#[cfg(any(feature = "host", feature = "native"))]
mod door;
mod error;
mod quicknet;
mod seed;

#[cfg(feature = "host")]
pub mod host;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "native")]
mod stand_in;

pub use beacon::{Beacon, message};
pub use chain::Chain;
pub use error::DrandError;
pub use quicknet::QUICKNET;
pub use seed::{Seed, Use};
#[cfg(feature = "native")]
pub use stand_in::StandIn;

/// Domain separation tag of hashing to the curve (RFC 9380, suite `BLS12381G1_XMD:SHA-256_SSWU_RO_`).
pub const SIGNATURE_DST: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
/// Bytes of a compressed signature (G1).
pub const SIGNATURE_BYTES: usize = 48;
/// Bytes of a compressed public key (G2).
pub const PUBLIC_KEY_BYTES: usize = 96;
