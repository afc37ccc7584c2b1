//! Keys and signatures, natively (blst's minimal-public-key variant): public keys in G1, signatures in G2.

use blst::BLST_ERROR;
use blst::min_pk::{AggregatePublicKey, AggregateSignature, PublicKey, SecretKey as Inner, Signature};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::point::{duplicate, is_identity, negate};
use crate::statement::Attested;
use crate::{POSSESSION_DST, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, SIGNATURE_DST};

/// What can be wrong with a key or a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum BlsError {
    /// A secret key is not a scalar between 1 and the group order.
    #[error("BLS secret key is not a scalar between 1 and the group order")]
    SecretKey,
    /// A public key is the identity, off the curve or off the subgroup, or not canonical.
    #[error("BLS public key is not a point of G1's prime order subgroup other than the identity")]
    PublicKey,
    /// A signature is the identity, off the curve or off the subgroup, or not canonical.
    #[error("BLS signature is not a point of G2's prime order subgroup other than the identity")]
    Signature,
    /// Nothing to aggregate.
    #[error("there is no BLS key or signature to aggregate; expected at least one")]
    Empty,
    /// A key is listed twice: its owner would count twice.
    #[error("BLS key {0} is the same as one before it; expected different keys")]
    Duplicate(usize),
    /// The signature does not verify.
    #[error("BLS signature does not verify for this key and message")]
    Mismatch,
}

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
/// As [`verify`]; [`BlsError::Empty`] without keys; [`BlsError::Duplicate`].
pub fn verify_aggregate(
    keys: &[[u8; PUBLIC_KEY_BYTES]],
    message: &[u8],
    signature: &[u8],
) -> Result<(), BlsError> {
    verify(&sum_keys(keys)?, message, signature)
}

/// Sum of the keys of a set, to be cached for [`verify_statement`].
///
/// # Errors
/// [`BlsError::Empty`], [`BlsError::Duplicate`]; [`BlsError::PublicKey`], also if the keys cancel.
pub fn sum_keys(keys: &[[u8; PUBLIC_KEY_BYTES]]) -> Result<[u8; PUBLIC_KEY_BYTES], BlsError> {
    if keys.is_empty() {
        return Err(BlsError::Empty);
    }
    duplicate(keys).map_or(Ok(()), |index| Err(BlsError::Duplicate(index)))?;
    sum(keys)
}

/// Verifies an aggregate over one message by a set without its absent members: the cached sum minus their
/// keys.
///
/// # Errors
/// As [`verify`].
pub fn verify_statement(
    full_key: &[u8; PUBLIC_KEY_BYTES],
    absent: &[[u8; PUBLIC_KEY_BYTES]],
    message: &[u8],
    signature: &[u8],
) -> Result<(), BlsError> {
    verify(&signers_key(full_key, absent)?, message, signature)
}

/// Verifies one aggregate over many statements, each by its own signers; keys must have proven possession. What it
/// shows is in `host::verify_statements`.
///
/// # Errors
/// As [`verify`]; [`BlsError::Empty`] without statements.
pub fn verify_statements(statements: &[Attested], signature: &[u8]) -> Result<(), BlsError> {
    let signer = |statement: &Attested| signers_key(&statement.full_key, &statement.absent);
    let keys = statements.iter().map(signer).collect::<Result<Vec<_>, _>>()?;
    let messages = statements.iter().map(|statement| statement.message.as_slice());
    verify_each(keys.iter().zip(messages), signature)
}

/// Verifies an aggregate in which every key signed its own message; keys must have proven possession.
///
/// # Errors
/// As [`verify`]; [`BlsError::Empty`] without keys.
pub fn verify_consents(
    signed: &[([u8; PUBLIC_KEY_BYTES], Vec<u8>)],
    signature: &[u8],
) -> Result<(), BlsError> {
    verify_each(signed.iter().map(|(key, message)| (key, message.as_slice())), signature)
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

fn verify_each<'a>(
    signed: impl Iterator<Item = (&'a [u8; PUBLIC_KEY_BYTES], &'a [u8])>,
    signature: &[u8],
) -> Result<(), BlsError> {
    let (keys, messages): (Vec<&[u8; PUBLIC_KEY_BYTES]>, Vec<&[u8]>) = signed.unzip();
    if keys.is_empty() {
        return Err(BlsError::Empty);
    }
    let keys = keys.into_iter().map(|key| public_key(key)).collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<&PublicKey> = keys.iter().collect();
    outcome(point(signature)?.aggregate_verify(false, &messages, SIGNATURE_DST, &keys, false))
}

fn signers_key(
    full_key: &[u8; PUBLIC_KEY_BYTES],
    absent: &[[u8; PUBLIC_KEY_BYTES]],
) -> Result<[u8; PUBLIC_KEY_BYTES], BlsError> {
    let mut points = vec![*full_key];
    points.extend(absent.iter().map(negate));
    sum(&points)
}

fn sum(keys: &[[u8; PUBLIC_KEY_BYTES]]) -> Result<[u8; PUBLIC_KEY_BYTES], BlsError> {
    let slices: Vec<&[u8]> = keys.iter().map(<[u8; PUBLIC_KEY_BYTES]>::as_slice).collect();
    let sum = AggregatePublicKey::aggregate_serialized(&slices, true)
        .map_err(|_| BlsError::PublicKey)?
        .to_public_key()
        .compress();
    if is_identity(&sum) { Err(BlsError::PublicKey) } else { Ok(sum) }
}

fn public_key(bytes: &[u8]) -> Result<PublicKey, BlsError> {
    // Compressed only: `key_validate` would take an uncompressed key as well.
    let bytes: &[u8; PUBLIC_KEY_BYTES] = bytes.try_into().map_err(|_| BlsError::PublicKey)?;
    PublicKey::key_validate(bytes).map_err(|_| BlsError::PublicKey)
}

fn point(bytes: &[u8]) -> Result<Signature, BlsError> {
    let bytes: &[u8; SIGNATURE_BYTES] = bytes.try_into().map_err(|_| BlsError::Signature)?;
    Signature::sig_validate(bytes, true).map_err(|_| BlsError::Signature)
}

fn verify_with(key: &[u8], message: &[u8], signature: &[u8], dst: &[u8]) -> Result<(), BlsError> {
    let key = public_key(key)?;
    outcome(point(signature)?.verify(false, message, dst, &[], &key, false))
}

fn outcome(result: BLST_ERROR) -> Result<(), BlsError> {
    match result {
        BLST_ERROR::BLST_SUCCESS => Ok(()),
        _ => Err(BlsError::Mismatch),
    }
}
