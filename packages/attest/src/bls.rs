//! Keys and signatures (minimal public keys): public keys in G1, signatures in G2.
//!
//! On machines by blst. In WebAssembly, which has no C code, by `bithive-curve`, for verification only. Both accept and refuse the same.

#[cfg(test)]
mod agreement;
mod error;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(any(target_arch = "wasm32", test))]
mod portable;
#[cfg(not(target_arch = "wasm32"))]
mod secret;

#[cfg(not(target_arch = "wasm32"))]
use native as engine;
#[cfg(target_arch = "wasm32")]
use portable as engine;

use crate::point::{duplicate, is_identity, negate};
use crate::statement::Attested;
use crate::{POSSESSION_DST, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, SIGNATURE_DST};

pub use error::BlsError;
#[cfg(not(target_arch = "wasm32"))]
pub use secret::SecretKey;

/// Verifies one signature.
///
/// # Errors
/// [`BlsError::PublicKey`], [`BlsError::Signature`], [`BlsError::Mismatch`].
pub fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), BlsError> {
    engine::verify(key, message, signature, SIGNATURE_DST)
}

/// Verifies a proof of possession.
///
/// # Errors
/// As [`verify`].
pub fn verify_possession(key: &[u8], message: &[u8], proof: &[u8]) -> Result<(), BlsError> {
    engine::verify(key, message, proof, POSSESSION_DST)
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
    engine::aggregate(signatures)
}

fn verify_each<'a>(
    signed: impl Iterator<Item = (&'a [u8; PUBLIC_KEY_BYTES], &'a [u8])>,
    signature: &[u8],
) -> Result<(), BlsError> {
    let signed: Vec<_> = signed.collect();
    if signed.is_empty() {
        Err(BlsError::Empty)
    } else {
        engine::verify_each(&signed, signature, SIGNATURE_DST)
    }
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
    let sum = engine::sum(keys)?;
    if is_identity(&sum) { Err(BlsError::PublicKey) } else { Ok(sum) }
}
