//! Verification natively (blst's minimal-signature variant).

use blst::BLST_ERROR;
use blst::min_sig::{PublicKey, Signature};

use crate::door::unverified;
use crate::{Beacon, Chain, DrandError, SIGNATURE_DST, message};

/// Verifies that `signature` is `chain`'s signature of `round`.
///
/// # Errors
/// [`DrandError::RoundZero`], [`DrandError::SignatureLength`], [`DrandError::Signature`],
/// [`DrandError::PublicKey`], [`DrandError::Mismatch`].
pub fn verify(chain: &Chain, round: u64, signature: &[u8]) -> Result<Beacon, DrandError> {
    let beacon = unverified(round, signature)?;
    let key = PublicKey::key_validate(&chain.public_key).map_err(|_| DrandError::PublicKey)?;
    let signature = Signature::sig_validate(beacon.signature(), true).map_err(|_| DrandError::Signature)?;
    match signature.verify(false, &message(round), SIGNATURE_DST, &[], &key, false) {
        BLST_ERROR::BLST_SUCCESS => Ok(beacon),
        _ => Err(DrandError::Mismatch { round }),
    }
}
