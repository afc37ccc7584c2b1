//! Signatures by blst, on every target but `wasm32`.

use blst::BLST_ERROR;
use blst::min_pk::{AggregatePublicKey, AggregateSignature, PublicKey, Signature};

use super::error::BlsError;
use crate::{PUBLIC_KEY_BYTES, SIGNATURE_BYTES};

/// Verifies one signature under a domain separation tag.
pub(super) fn verify(key: &[u8], message: &[u8], signature: &[u8], tag: &[u8]) -> Result<(), BlsError> {
    let key = public_key(key)?;
    outcome(point(signature)?.verify(false, message, tag, &[], &key, false))
}

/// Verifies an aggregate in which every key, of at least one, signed its own message.
pub(super) fn verify_each(
    signed: &[(&[u8; PUBLIC_KEY_BYTES], &[u8])],
    signature: &[u8],
    tag: &[u8],
) -> Result<(), BlsError> {
    let keys = signed.iter().map(|(key, _)| public_key(*key)).collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<&PublicKey> = keys.iter().collect();
    let messages: Vec<&[u8]> = signed.iter().map(|(_, message)| *message).collect();
    outcome(point(signature)?.aggregate_verify(false, &messages, tag, &keys, false))
}

/// Sum of public keys, which may be the identity.
pub(super) fn sum(keys: &[[u8; PUBLIC_KEY_BYTES]]) -> Result<[u8; PUBLIC_KEY_BYTES], BlsError> {
    let slices: Vec<&[u8]> = keys.iter().map(<[u8; PUBLIC_KEY_BYTES]>::as_slice).collect();
    AggregatePublicKey::aggregate_serialized(&slices, true)
        .map(|sum| sum.to_public_key().compress())
        .map_err(|_| BlsError::PublicKey)
}

/// Sum of at least one signature, each of which may be the identity.
pub(super) fn aggregate(signatures: &[[u8; SIGNATURE_BYTES]]) -> Result<[u8; SIGNATURE_BYTES], BlsError> {
    let slices: Vec<&[u8]> = signatures.iter().map(<[u8; SIGNATURE_BYTES]>::as_slice).collect();
    AggregateSignature::aggregate_serialized(&slices, true)
        .map(|aggregate| aggregate.to_signature().compress())
        .map_err(|_| BlsError::Signature)
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

fn outcome(result: BLST_ERROR) -> Result<(), BlsError> {
    match result {
        BLST_ERROR::BLST_SUCCESS => Ok(()),
        _ => Err(BlsError::Mismatch),
    }
}
