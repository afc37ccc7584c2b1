//! Random numbers of the browser, or natively of the system.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use crate::{Failure, Kind};

/// 32 fresh bytes.
pub(crate) fn seed() -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    fill(&mut *seed)?;
    Ok(seed)
}

/// A fresh generator, for one call.
pub(crate) fn generator() -> Result<ChaCha20Rng, Failure> {
    Ok(ChaCha20Rng::from_seed(*seed()?))
}

/// Fills a buffer with random bytes.
pub(crate) fn fill(out: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(out).map_err(|_| Kind::Random.failure("there are no random numbers"))
}
