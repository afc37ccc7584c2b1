//! Checks of other people's keys.
//!
//! All are instances of e(T_j, B_i) = e(g1, H_{j,i}). Batches draw independent random 128-bit weights v_i for
//! indices and u_j for keys: a key with a wrong element has sum v_i (H_{j,i} - t_j B_i) != 0 except with
//! probability 2^-127, and then the sum over keys under u_j is non-zero except with the same probability.

use bithive_curve::scalar::random_weights;
use bithive_curve::{G1, G2, Scalar, pairing_product_is_one};
use rand_core::CryptoRng;

use super::{KeyError, PublicKey, UnverifiedPublicKey, column_range, gap};
use crate::Crs;

/// Check one index of one key; this is the equation that a dispute on the chain evaluates.
///
/// # Errors
/// [`KeyError::Slot`], [`KeyError::Index`]; [`KeyError::Malformed`] if the element is wrong.
pub fn verify_element(
    crs: &Crs,
    slot: u16,
    commitment: &G1,
    index: u16,
    element: &G2,
) -> Result<(), KeyError> {
    column_range(crs.slots(), slot, index)?;
    let power = crs.b(index).ok_or(KeyError::OtherCrs)?;
    if pairing_product_is_one(&[(*commitment, *power), (-G1::generator(), *element)]) {
        Ok(())
    } else {
        Err(KeyError::Malformed { slots: vec![slot] })
    }
}

/// Check one whole key.
///
/// # Errors
/// [`KeyError::OtherCrs`], [`KeyError::Malformed`].
pub fn verify_public_key(crs: &Crs, key: &PublicKey, rng: &mut impl CryptoRng) -> Result<(), KeyError> {
    verify_batch(crs, &[key], rng)
}

impl UnverifiedPublicKey {
    /// Check the structure of this key alone.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn verify(self, crs: &Crs, rng: &mut impl CryptoRng) -> Result<PublicKey, KeyError> {
        verify_public_key(crs, self.claim(), rng)?;
        Ok(self.into_verified())
    }
}

/// Check many keys: one multi-scalar multiplication and one Miller loop each, one final exponentiation in all.
/// When the batch fails, the keys are looked at one by one to name the malformed ones. For keys that are held anyway:
/// where files are read as streams, [`super::verify_file`] holds none of them, and takes up to half as long again
/// (README).
///
/// # Errors
/// [`KeyError::OtherCrs`], [`KeyError::Malformed`] with all malformed keys' slots.
pub fn verify_many(
    crs: &Crs,
    keys: Vec<UnverifiedPublicKey>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<PublicKey>, KeyError> {
    let claims: Vec<&PublicKey> = keys.iter().map(UnverifiedPublicKey::claim).collect();
    verify_batch(crs, &claims, rng)?;
    Ok(keys.into_iter().map(UnverifiedPublicKey::into_verified).collect())
}

fn verify_batch(crs: &Crs, keys: &[&PublicKey], rng: &mut impl CryptoRng) -> Result<(), KeyError> {
    if keys.iter().any(|key| key.crs_digest() != crs.digest()) {
        return Err(KeyError::OtherCrs);
    }
    let of_index = random_weights(usize::from(crs.slots()), rng);
    let powers = G2::msm(crs.low_g2(), &of_index);
    let sums: Vec<(G2, G2)> = keys.iter().map(|key| weigh(crs, key, &of_index, &powers)).collect();

    let holds = |chosen: &[usize], of_key: &[u128]| {
        let mut pairs: Vec<(G1, G2)> = chosen
            .iter()
            .zip(of_key)
            .map(|(i, weight)| (*keys[*i].commitment() * &Scalar::from(*weight), sums[*i].0))
            .collect();
        let right: Vec<G2> = chosen.iter().map(|i| sums[*i].1).collect();
        pairs.push((-G1::generator(), G2::msm(&right, of_key)));
        pairing_product_is_one(&pairs)
    };
    let all: Vec<usize> = (0..keys.len()).collect();
    if holds(&all, &random_weights(keys.len(), rng)) {
        return Ok(());
    }
    let bad = all.iter().filter(|i| !holds(&[**i], &[1])).map(|i| keys[*i].slot()).collect();
    Err(KeyError::Malformed { slots: bad })
}

/// (sum of v_i B_i, sum of v_i H_{j,i}), both without the key's gap.
fn weigh(crs: &Crs, key: &PublicKey, of_index: &[u128], powers: &G2) -> (G2, G2) {
    let position = usize::from(gap(crs.slots(), key.slot())) - 1;
    let left = *powers - crs.low_g2()[position] * &Scalar::from(of_index[position]);
    let weights = [&of_index[..position], &of_index[position + 1..]].concat();
    (left, G2::msm(key.elements(), &weights))
}

/// Check one index across many keys, given as (slot, T, H): what a receiver needs, with one pairing equation in
/// all. When it fails, the elements are looked at one by one to name the malformed ones.
///
/// # Errors
/// [`KeyError::Slot`], [`KeyError::Index`], [`KeyError::Malformed`].
pub fn verify_column(
    crs: &Crs,
    index: u16,
    entries: &[(u16, G1, G2)],
    rng: &mut impl CryptoRng,
) -> Result<(), KeyError> {
    for (slot, _, _) in entries {
        column_range(crs.slots(), *slot, index)?;
    }
    let Some(power) = crs.b(index) else { return Err(KeyError::OtherCrs) };
    let weights = random_weights(entries.len(), rng);
    let commitments: Vec<G1> = entries.iter().map(|(_, commitment, _)| *commitment).collect();
    let elements: Vec<G2> = entries.iter().map(|(_, _, element)| *element).collect();
    let (left, right) = (G1::msm(&commitments, &weights), G2::msm(&elements, &weights));
    if pairing_product_is_one(&[(left, *power), (-G1::generator(), right)]) {
        return Ok(());
    }
    let mut bad = Vec::new();
    for (slot, commitment, element) in entries {
        if verify_element(crs, *slot, commitment, index, element).is_err() {
            bad.push(*slot);
        }
    }
    Err(KeyError::Malformed { slots: bad })
}
