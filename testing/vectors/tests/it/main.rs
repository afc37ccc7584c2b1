//! Published vectors, through the calls that BitHive's code makes.

mod bls;
mod ciphers;
mod ed25519;
mod expansion;
mod hashes;
mod ristretto;
mod x25519;
