//! Keys and signatures, natively (blst's minimal-public-key variant): public keys in G1, signatures in G2.

use blst::BLST_ERROR;
use blst::min_pk::{AggregateSignature, PublicKey, SecretKey as Inner, Signature};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{POSSESSION_DST, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, SIGNATURE_DST};

/// What can be wrong with a key or a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlsError {
    /// A secret key is not a scalar between 1 and the group order.
    #[error("BLS secret key is not a scalar between 1 and the group order")]
    SecretKey,
    /// A public key is the identity, off the curve or off the subgroup, or not canonical.
    #[error("BLS public key is not a point of G1's prime order subgroup other than the identity")]
    PublicKey,
    /// A signature is off the curve or off the subgroup, or not canonical.
    #[error("BLS signature is not a point of G2's prime order subgroup")]
    Signature,
    /// Nothing to aggregate.
    #[error("there is no signature to aggregate; expected at least one")]
    Empty,
    /// The signature does not verify.
    #[error("BLS signature does not verify for this key and message")]
    Mismatch,
}

/// A secret key; erased when dropped.
pub struct SecretKey(Inner);

impl SecretKey {
    /// Draws a key (KeyGen of draft-irtf-cfrg-bls-signature-05 over 32 random bytes).
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

    /// Signs `message`.
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

/// Verifies one signature.
///
/// # Errors
/// [`BlsError::PublicKey`], [`BlsError::Signature`], [`BlsError::Mismatch`].
pub fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), BlsError> {
    verify_with(key, message, signature, SIGNATURE_DST)
}

/// Verifies a proof of possession.
///
/// # Errors
/// As [`verify`].
pub fn verify_possession(key: &[u8], message: &[u8], proof: &[u8]) -> Result<(), BlsError> {
    verify_with(key, message, proof, POSSESSION_DST)
}

/// Verifies an aggregate in which every key signed the same message; keys must have proven possession.
///
/// # Errors
/// As [`verify`]; [`BlsError::Empty`] without keys.
pub fn verify_aggregate(keys: &[[u8; 48]], message: &[u8], signature: &[u8]) -> Result<(), BlsError> {
    let keys = keys.iter().map(|key| public_key(key)).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(BlsError::Empty);
    }
    let references: Vec<&PublicKey> = keys.iter().collect();
    let signature = Signature::uncompress(signature).map_err(|_| BlsError::Signature)?;
    outcome(signature.fast_aggregate_verify(true, message, SIGNATURE_DST, &references))
}

/// Adds signatures up.
///
/// # Errors
/// [`BlsError::Empty`], [`BlsError::Signature`].
pub fn aggregate(signatures: &[[u8; SIGNATURE_BYTES]]) -> Result<[u8; SIGNATURE_BYTES], BlsError> {
    if signatures.is_empty() {
        return Err(BlsError::Empty);
    }
    let slices: Vec<&[u8]> = signatures.iter().map(<[u8; SIGNATURE_BYTES]>::as_slice).collect();
    AggregateSignature::aggregate_serialized(&slices, true)
        .map(|aggregate| aggregate.to_signature().compress())
        .map_err(|_| BlsError::Signature)
}

fn public_key(bytes: &[u8]) -> Result<PublicKey, BlsError> {
    let key = PublicKey::uncompress(bytes).map_err(|_| BlsError::PublicKey)?;
    key.validate().map_err(|_| BlsError::PublicKey)?;
    Ok(key)
}

fn verify_with(key: &[u8], message: &[u8], signature: &[u8], dst: &[u8]) -> Result<(), BlsError> {
    let key = public_key(key)?;
    let signature = Signature::uncompress(signature).map_err(|_| BlsError::Signature)?;
    outcome(signature.verify(true, message, dst, &[], &key, false))
}

fn outcome(result: BLST_ERROR) -> Result<(), BlsError> {
    match result {
        BLST_ERROR::BLST_SUCCESS => Ok(()),
        BLST_ERROR::BLST_POINT_NOT_IN_GROUP | BLST_ERROR::BLST_POINT_NOT_ON_CURVE => Err(BlsError::Signature),
        _ => Err(BlsError::Mismatch),
    }
}
