//! By `bithive-curve`, which is pure Rust in WebAssembly.

use bithive_curve::{G1, G2, hash_to_g2, pairing_product_is_one};

use super::error::BlsError;
use crate::{PUBLIC_KEY_BYTES, SIGNATURE_BYTES};

/// Verifies one signature under a domain separation tag: e(key, H(message)) = e(g1, signature).
pub(super) fn verify(key: &[u8], message: &[u8], signature: &[u8], tag: &[u8]) -> Result<(), BlsError> {
    let key = public_key(key)?;
    holds(&[(key, hash_to_g2(message, tag)), signed_by_all(signature)?])
}

/// Verifies an aggregate in which every key, of at least one, signed its own message.
pub(super) fn verify_each(
    signed: &[(&[u8; PUBLIC_KEY_BYTES], &[u8])],
    signature: &[u8],
    tag: &[u8],
) -> Result<(), BlsError> {
    let pair =
        |(key, message): &(&[u8; PUBLIC_KEY_BYTES], &[u8])| Ok((public_key(*key)?, hash_to_g2(message, tag)));
    let mut pairs = signed.iter().map(pair).collect::<Result<Vec<_>, BlsError>>()?;
    pairs.push(signed_by_all(signature)?);
    holds(&pairs)
}

/// Sum of public keys, which may be the identity.
pub(super) fn sum(keys: &[[u8; PUBLIC_KEY_BYTES]]) -> Result<[u8; PUBLIC_KEY_BYTES], BlsError> {
    let points = keys.iter().map(|key| public_key(key)).collect::<Result<Vec<_>, _>>()?;
    Ok(G1::sum(&points).encode())
}

/// Sum of at least one signature, each of which may be the identity.
pub(super) fn aggregate(signatures: &[[u8; SIGNATURE_BYTES]]) -> Result<[u8; SIGNATURE_BYTES], BlsError> {
    let points = signatures.iter().map(|signature| G2::decode(signature).map_err(|_| BlsError::Signature));
    Ok(G2::sum(&points.collect::<Result<Vec<_>, _>>()?).encode())
}

fn public_key(bytes: &[u8]) -> Result<G1, BlsError> {
    G1::decode_nonidentity(bytes).map_err(|_| BlsError::PublicKey)
}

fn signed_by_all(signature: &[u8]) -> Result<(G1, G2), BlsError> {
    let signature = G2::decode_nonidentity(signature).map_err(|_| BlsError::Signature)?;
    Ok((-G1::generator(), signature))
}

fn holds(pairs: &[(G1, G2)]) -> Result<(), BlsError> {
    if pairing_product_is_one(pairs) { Ok(()) } else { Err(BlsError::Mismatch) }
}
