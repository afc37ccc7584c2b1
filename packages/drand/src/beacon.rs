//! A round that verified.

use sha2::{Digest, Sha256};

use crate::SIGNATURE_BYTES;

/// What the network signs for `round`.
#[must_use]
pub fn message(round: u64) -> [u8; 32] {
    Sha256::digest(round.to_be_bytes()).into()
}

/// A round of a network with its verified signature. Only the verifiers make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beacon {
    pub(crate) round: u64,
    pub(crate) signature: [u8; SIGNATURE_BYTES],
}

impl Beacon {
    /// The round, from 1.
    #[must_use]
    pub const fn round(&self) -> u64 {
        self.round
    }

    /// The network's signature, compressed point of G1.
    #[must_use]
    pub const fn signature(&self) -> &[u8; SIGNATURE_BYTES] {
        &self.signature
    }

    /// The round's randomness: SHA-256 of the signature, as drand publishes it.
    #[must_use]
    pub fn randomness(&self) -> [u8; 32] {
        Sha256::digest(self.signature).into()
    }
}
