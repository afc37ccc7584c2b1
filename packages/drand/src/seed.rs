//! What a use makes of a round's randomness, so that no two uses draw the same.

use sha2::{Digest, Sha256};

/// Before everything that is hashed.
const DOMAIN: &[u8] = b"BITHIVE-V1/drand/seed";

/// Randomness of one use of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

/// What tells a use of a round from every other.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// Id of the chain.
    pub chain_id: &'a str,
    /// Address of the contract that draws.
    pub consumer: &'a str,
    /// What it draws for, a fixed text of the contract.
    pub purpose: &'a str,
    /// Which of its draws.
    pub id: u64,
}

impl Seed {
    /// SHA-256 of the domain, each text with its length before it (eight bytes, big-endian), the number (the same), and the round's
    /// randomness.
    #[must_use]
    pub fn new(of: Use<'_>, randomness: &[u8; 32]) -> Self {
        let mut hash = Sha256::new_with_prefix(DOMAIN);
        for text in [of.chain_id, of.consumer, of.purpose] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update(of.id.to_be_bytes());
        hash.update(randomness);
        Self(hash.finalize().into())
    }

    /// The number of one step, of 128 bits.
    #[must_use]
    pub fn number(&self, step: u64) -> u128 {
        let digest = Sha256::new_with_prefix(self.0).chain_update(step.to_be_bytes()).finalize();
        digest.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
    }

    /// A number below `below` for one step: the upper half of a product, whose bias is at most `below` / 2^128, where a remainder's is
    /// seen (Lemire, "Fast Random Integer Generation in an Interval", 2019). 0 where `below` is 0.
    #[must_use]
    pub fn below(&self, step: u64, below: u64) -> u64 {
        let (number, below) = (self.number(step), u128::from(below));
        let (high, low) = (number >> 64, number & u128::from(u64::MAX));
        // (high 2^64 + low) below / 2^128; each product is below 2^128, and so is the sum.
        let sum = (high * below).wrapping_add((low * below) >> 64);
        u64::try_from(sum >> 64).unwrap_or(u64::MAX)
    }
}
