//! What parties sign and commit to, and how results are compared without being published.
//!
//! Read in this order: [`domain`] (every signed byte string names its purpose, chain and contract),
//! [`statement`] (the byte strings themselves), [`result`] (fixed-point results, masked under the job key),
//! [`projection`] (sixteen words for a long one, and what their nearness says), [`quorum`] (the largest group of results
//! within a tolerance), [`members`] (sets of workers), [`job`] (a job's final statement, of what its market, a packet or a page says), and then signatures: `bls` signs and verifies natively, `host` verifies the same bytes with a chain's BLS12-381 host functions.
//!
//! The crate is pure: no I/O, no clock; randomness comes in from the caller. Contracts use it without the
//! `bls` feature.

pub mod credit;
pub mod domain;
mod error;
pub mod job;
pub mod members;
#[cfg(any(feature = "bls", feature = "host"))]
mod point;
pub mod projection;
pub mod quorum;
pub mod result;
pub mod statement;

#[cfg(feature = "bls")]
pub mod bls;
#[cfg(feature = "host")]
pub mod host;

pub use credit::BoincCredit;
pub use domain::Domain;
pub use job::{JobStatement, StatementError};
pub use members::Members;
pub use quorum::{Cluster, distance, largest_cluster};
pub use result::{InputHasher, JobKey};
pub use statement::{Attested, Consent, Reveal, Statement, possession_bytes};

/// Domain separation tag of signatures: BLS, minimal public keys, proof-of-possession scheme
/// (draft-irtf-cfrg-bls-signature-05, section 4.2.3).
pub const SIGNATURE_DST: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
/// Domain separation tag of proofs of possession (the same section).
pub const POSSESSION_DST: &[u8] = b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
/// Bytes of a compressed public key (G1).
pub const PUBLIC_KEY_BYTES: usize = 48;
/// Bytes of a compressed signature (G2).
pub const SIGNATURE_BYTES: usize = 96;
