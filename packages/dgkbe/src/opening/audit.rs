//! What is wrong with a whole key file, found off chain to be opened on chain.

use bithive_curve::scalar::random_weights;
use bithive_curve::{G1, G2, pairing_product_is_one};
use rand_core::CryptoRng;

use super::{Fault, G1_BYTES, KeyFile};
use crate::Crs;
use crate::format::FormatError;
use crate::keys::{KeyError, PublicKey, UnverifiedPublicKey, verify_public_key};

/// The first thing that is wrong with an encoded public key whose digest has been checked; none for a well-formed
/// one. `commitment` is T_j as the chain has it.
///
/// A sound key costs one multi-scalar multiplication. A wrong element is then found by bisection under the same
/// random weights: each step halves the sums, so the search costs about as much again.
///
/// # Errors
/// [`KeyError::Slot`] for a slot outside the group; [`KeyError::Point`] if `commitment` itself is no point, which a
/// registry does not accept.
pub fn first_fault(
    crs: &Crs,
    slot: u16,
    commitment: &[u8; G1_BYTES],
    file: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Option<Fault>, KeyError> {
    crs.check_slot(slot)?;
    G1::decode_nonidentity(commitment)?;
    let expected = KeyFile { slots: crs.slots(), slot, crs_digest: crs.digest(), commitment };
    if file.len() as u64 != expected.length() {
        return Ok(Some(Fault::Length));
    }
    if !file.starts_with(&expected.header()) {
        return Ok(Some(Fault::Header));
    }
    let indices: Vec<u16> = (1..=crs.slots()).filter(|index| *index != crs.slots() + 1 - slot).collect();
    let key = match UnverifiedPublicKey::decode(crs, file) {
        Ok(key) => key,
        Err(KeyError::Format(FormatError::Element { index, source, .. })) => {
            let index = indices.get(index).copied().ok_or(KeyError::Point(source))?;
            return Ok(Some(Fault::Point { index }));
        }
        Err(error) => return Err(error),
    };
    match verify_public_key(crs, key.claim(), rng) {
        Ok(()) => Ok(None),
        Err(KeyError::Malformed { .. }) => {
            bisect(crs, key.claim(), &indices, rng).map(|index| Some(Fault::Equation { index }))
        }
        Err(error) => Err(error),
    }
}

/// The first index at which a key that is known to have a wrong element has one.
fn bisect(crs: &Crs, key: &PublicKey, indices: &[u16], rng: &mut impl CryptoRng) -> Result<u16, KeyError> {
    let malformed = || KeyError::Malformed { slots: vec![key.slot()] };
    let mut left = indices;
    while left.len() > 1 {
        let (low, high) = left.split_at(left.len() / 2);
        left = if holds(crs, key, low, rng)? { high } else { low };
    }
    left.first().copied().ok_or_else(malformed)
}

/// Whether the equation holds at all of `indices`, in one batch.
fn holds(crs: &Crs, key: &PublicKey, indices: &[u16], rng: &mut impl CryptoRng) -> Result<bool, KeyError> {
    let weights = random_weights(indices.len(), rng);
    let powers: Vec<G2> = indices.iter().filter_map(|index| crs.b(*index)).copied().collect();
    let elements: Vec<G2> =
        indices.iter().map(|index| key.element(*index).copied()).collect::<Result<_, _>>()?;
    let (left, right) = (G2::msm(&powers, &weights), G2::msm(&elements, &weights));
    Ok(pairing_product_is_one(&[(*key.commitment(), left), (-G1::generator(), right)]))
}
