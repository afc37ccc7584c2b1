//! The byte strings that parties sign or commit to.

use sha2::{Digest, Sha256};

use crate::domain::{Domain, Encoder};

/// What a registering node signs with its BLS key (under [`crate::POSSESSION_DST`]) to prove that it holds it.
/// Bound to the registry and the account, so a proof can't be copied to another account.
#[must_use]
pub fn possession_bytes(registry: Domain<'_>, account: &str, bls_key: &[u8; 48]) -> Vec<u8> {
    Encoder::bound("possession", registry).bytes(account.as_bytes()).fixed(bls_key).finish()
}

/// A node's agreement to work on a job for a price. Without it nobody can be assigned, and so slashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent<'a> {
    /// Number of the job in its market.
    pub job_id: u64,
    /// The round (from 1) in which it may be used: a consent for a failed round does not bind again.
    pub round: u8,
    /// The node's account.
    pub account: &'a str,
    /// Its DGKBE slot.
    pub slot: u16,
    /// What it asks, in base units.
    pub ask: u128,
}

impl Consent<'_> {
    /// The bytes that the node signs (under [`crate::SIGNATURE_DST`]).
    #[must_use]
    pub fn sign_bytes(&self, jobs: Domain<'_>) -> Vec<u8> {
        Encoder::bound("consent", jobs)
            .number(self.job_id.into())
            .number(self.round.into())
            .bytes(self.account.as_bytes())
            .number(self.slot.into())
            .number(self.ask)
            .finish()
    }
}

/// A worker's result as it is first committed to and later revealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reveal<'a> {
    /// Number of the job in its market.
    pub job_id: u64,
    /// Round of the job, from 1.
    pub round: u8,
    /// The worker's account: a copied commitment can't be opened by the copier.
    pub account: &'a str,
    /// Masked result, little-endian 32-bit words.
    pub masked: &'a [u8],
    /// BLAKE3 digest of the encrypted output.
    pub output: &'a [u8; 32],
    /// Fresh 32 bytes, which hide the result until it is revealed.
    pub nonce: &'a [u8; 32],
}

impl Reveal<'_> {
    /// SHA-256 commitment to all of it.
    #[must_use]
    pub fn commitment(&self, jobs: Domain<'_>) -> [u8; 32] {
        let bytes = Encoder::bound("commitment", jobs)
            .number(self.job_id.into())
            .number(self.round.into())
            .bytes(self.account.as_bytes())
            .bytes(self.masked)
            .fixed(self.output)
            .fixed(self.nonce)
            .finish();
        Sha256::digest(bytes).into()
    }
}

/// The outcome of a job, signed by its quorum and verified by any chain that receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Number of the job in its market.
    pub job_id: u64,
    /// The round that succeeded.
    pub round: u8,
    /// BLAKE3 digest of the model file.
    pub model: &'a [u8; 32],
    /// Commitment to the plaintext input.
    pub input_commitment: &'a [u8; 32],
    /// BLAKE3 digest of the encrypted output.
    pub output: &'a [u8; 32],
    /// Masked result of the representative.
    pub masked: &'a [u8],
    /// BLS keys of all workers of the round, in slot order.
    pub workers: &'a [[u8; 48]],
    /// Bit i set: worker i is in the quorum.
    pub quorum: u32,
}

impl Statement<'_> {
    /// The bytes that the quorum signs (under [`crate::SIGNATURE_DST`]).
    #[must_use]
    pub fn sign_bytes(&self, jobs: Domain<'_>) -> Vec<u8> {
        Encoder::bound("statement", jobs)
            .number(self.job_id.into())
            .number(self.round.into())
            .fixed(self.model)
            .fixed(self.input_commitment)
            .fixed(self.output)
            .bytes(self.masked)
            .bytes(self.workers.as_flattened())
            .number(self.quorum.into())
            .finish()
    }
}

/// A final statement's bytes and whose keys are under them: one of the many that one aggregate can attest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// Sum of the keys of all workers of the round.
    pub full_key: [u8; 48],
    /// Keys of those who did not sign.
    pub absent: Vec<[u8; 48]>,
    /// What was signed, as [`Statement::sign_bytes`] gives it.
    pub message: Vec<u8>,
}
