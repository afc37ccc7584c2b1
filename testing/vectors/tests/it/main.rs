//! Published vectors, through the calls that BitHive's code makes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod bls;
mod ciphers;
mod ed25519;
mod expansion;
mod hashes;
mod ristretto;
mod x25519;
