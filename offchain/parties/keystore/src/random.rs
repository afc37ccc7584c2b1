//! Randomness for keys.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use crate::KeystoreError;

/// A generator that the operating system seeds with 32 bytes.
///
/// # Errors
/// [`KeystoreError::Randomness`] if the operating system has none.
pub fn fresh_rng() -> Result<ChaCha20Rng, KeystoreError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|error| KeystoreError::Randomness(error.to_string()))?;
    Ok(ChaCha20Rng::from_seed(*seed))
}
