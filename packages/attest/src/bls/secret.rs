//! Secret keys, on machines only: what WebAssembly computes takes a time that depends on it.

use blst::min_pk::SecretKey as Inner;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::error::BlsError;
use crate::{POSSESSION_DST, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, SIGNATURE_DST};

/// A secret key; erased when dropped.
pub struct SecretKey(Inner);

impl SecretKey {
    /// Draws a key (KeyGen of draft-irtf-cfrg-bls-signature-05 over 32 random bytes, with the salt of version 4).
    ///
    /// # Errors
    /// [`BlsError::SecretKey`], which 32 bytes of input never cause.
    pub fn generate(rng: &mut impl CryptoRng) -> Result<Self, BlsError> {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Inner::key_gen(&*seed, b"BITHIVE-V1/bls-key/").map(Self).map_err(|_| BlsError::SecretKey)
    }

    /// Reads a stored key.
    ///
    /// # Errors
    /// [`BlsError::SecretKey`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, BlsError> {
        Inner::from_bytes(bytes).map(Self).map_err(|_| BlsError::SecretKey)
    }

    /// The key's scalar, big-endian, for storage.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key, compressed.
    #[must_use]
    pub fn public_key(&self) -> [u8; PUBLIC_KEY_BYTES] {
        self.0.sk_to_pk().compress()
    }

    /// Signs `message`, hashed to G2 as the signature suite says; 96 bytes compressed.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.0.sign(message, SIGNATURE_DST, &[]).compress()
    }

    /// Proves possession; `message` is [`crate::possession_bytes`].
    #[must_use]
    pub fn prove_possession(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.0.sign(message, POSSESSION_DST, &[]).compress()
    }
}
