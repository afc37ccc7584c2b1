//! Verification with a chain's BLS12-381 host functions (CosmWasm 2.1 and later), of the same bytes as `native`.
//!
//! The host decodes points with curve and subgroup checks; the identity is refused here.

use cosmwasm_std::{Api, HashFunction, VerificationError};

use crate::door::{is_identity, unverified};
use crate::{Beacon, Chain, DrandError, SIGNATURE_DST, message};

/// Generator of G2, compressed.
const G2_GENERATOR: [u8; 96] = [
    0x93, 0xe0, 0x2b, 0x60, 0x52, 0x71, 0x9f, 0x60, 0x7d, 0xac, 0xd3, 0xa0, 0x88, 0x27, 0x4f, 0x65, 0x59,
    0x6b, 0xd0, 0xd0, 0x99, 0x20, 0xb6, 0x1a, 0xb5, 0xda, 0x61, 0xbb, 0xdc, 0x7f, 0x50, 0x49, 0x33, 0x4c,
    0xf1, 0x12, 0x13, 0x94, 0x5d, 0x57, 0xe5, 0xac, 0x7d, 0x05, 0x5d, 0x04, 0x2b, 0x7e, 0x02, 0x4a, 0xa2,
    0xb2, 0xf0, 0x8f, 0x0a, 0x91, 0x26, 0x08, 0x05, 0x27, 0x2d, 0xc5, 0x10, 0x51, 0xc6, 0xe4, 0x7a, 0xd4,
    0xfa, 0x40, 0x3b, 0x02, 0xb4, 0x51, 0x0b, 0x64, 0x7a, 0xe3, 0xd1, 0x77, 0x0b, 0xac, 0x03, 0x26, 0xa8,
    0x05, 0xbb, 0xef, 0xd4, 0x80, 0x56, 0xc8, 0xc1, 0x21, 0xbd, 0xb8,
];

/// Verifies that `signature` is `chain`'s signature of `round`: e(H(message), public key) = e(signature, g2).
///
/// # Errors
/// As `native::verify`; [`DrandError::Host`] if a host function fails.
pub fn verify(api: &dyn Api, chain: &Chain, round: u64, signature: &[u8]) -> Result<Beacon, DrandError> {
    let beacon = unverified(round, signature)?;
    // Adding up one point decodes it with all checks, and tells a bad signature from a bad key.
    api.bls12_381_aggregate_g1(beacon.signature()).map_err(|error| refused(error, DrandError::Signature))?;
    if is_identity(&chain.public_key) {
        return Err(DrandError::PublicKey);
    }
    let hash =
        api.bls12_381_hash_to_g1(HashFunction::Sha256, &message(round), SIGNATURE_DST).map_err(failed)?;
    let equal = api
        .bls12_381_pairing_equality(&hash, &chain.public_key, beacon.signature(), &G2_GENERATOR)
        .map_err(|error| refused(error, DrandError::PublicKey))?;
    if equal { Ok(beacon) } else { Err(DrandError::Mismatch { round }) }
}

/// A point that the host can't decode is `point`; anything else is the host's own failure.
fn refused(error: VerificationError, point: DrandError) -> DrandError {
    match error {
        VerificationError::InvalidPoint => point,
        other => failed(other),
    }
}

fn failed(error: VerificationError) -> DrandError {
    DrandError::Host { reason: error.to_string() }
}
