//! What both verifiers check before they ask for curve arithmetic.

use crate::{Beacon, DrandError, SIGNATURE_BYTES};

/// Flag of a compressed point (Zcash encoding): the identity.
const INFINITY: u8 = 0x40;

/// Everything about a beacon that needs no curve. The verifiers do the rest before they hand it out.
pub(crate) fn unverified(round: u64, signature: &[u8]) -> Result<Beacon, DrandError> {
    if round == 0 {
        return Err(DrandError::RoundZero);
    }
    let found = signature.len();
    let signature: [u8; SIGNATURE_BYTES] =
        signature.try_into().map_err(|_| DrandError::SignatureLength { found })?;
    if is_identity(&signature) { Err(DrandError::Signature) } else { Ok(Beacon { round, signature }) }
}

/// Whether a compressed point claims to be the identity.
pub(crate) const fn is_identity<const N: usize>(point: &[u8; N]) -> bool {
    point[0] & INFINITY != 0
}
