//! Results as fixed-point words, masked under the job key.
//!
//! A worker's result is a vector of 32-bit fixed-point numbers z. What it publishes is y = z + PRG(K, job)
//! mod 2^32, with K the job key that only chosen workers and the requester hold. The mask is the same for all
//! workers, so y_a - y_b = z_a - z_b: the contract compares results it can't read. A result longer than
//! [`DIRECT_WORDS`] is first projected ([`crate::projection`]).

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::domain::{Domain, Encoder};
pub use crate::error::ResultError;
use crate::projection::{BYTES_PER_VALUE, PROJECTED_WORDS, project};

/// Fixed-point units of 1.0.
pub const SCALE: f64 = 65_536.0;
/// Longest result that is published word by word.
pub const DIRECT_WORDS: usize = 256;

/// Commitment to the plaintext input of a job: the same in each of its rounds, so that whoever was told one knows what all of them
/// were about. Rows can be few and guessable: the input's encoding has to bring a random salt.
#[must_use]
pub fn input_commitment(jobs: Domain<'_>, job_id: u64, input: &[u8]) -> [u8; 32] {
    let mut hasher = InputHasher::new(jobs, job_id);
    hasher.update(input);
    hasher.finish()
}

/// [`input_commitment`] of an input that comes in parts.
pub struct InputHasher(Sha256);

impl InputHasher {
    /// The commitment to an input of this job.
    #[must_use]
    pub fn new(jobs: Domain<'_>, job_id: u64) -> Self {
        Self(Sha256::new_with_prefix(Encoder::bound("input", jobs).number(job_id.into()).finish()))
    }

    /// The input's next bytes.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The commitment to all bytes in the order in which they came.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// Number of words in which a result of `values` numbers is published.
#[must_use]
pub const fn words_for(values: usize) -> usize {
    if values <= DIRECT_WORDS { values } else { PROJECTED_WORDS }
}

/// Rounds a result to fixed point: the nearest multiple of 1 / [`SCALE`], halves away from zero. Scaling by a
/// power of two is exact, so every platform rounds alike. What is returned is as secret as the values: the caller erases it.
///
/// # Errors
/// [`ResultError::OutOfRange`] for NaN, infinite or too large values, [`ResultError::Empty`].
pub fn to_fixed(values: &[f32]) -> Result<Vec<i32>, ResultError> {
    if values.is_empty() {
        return Err(ResultError::Empty);
    }
    let fixed = |(index, &value): (usize, &f32)| {
        let scaled = (f64::from(value) * SCALE).round();
        if scaled.is_finite() && scaled >= f64::from(i32::MIN) && scaled <= f64::from(i32::MAX) {
            // In range by the line above.
            #[allow(clippy::cast_possible_truncation)]
            Ok(scaled as i32)
        } else {
            Err(ResultError::OutOfRange { index, value })
        }
    };
    values.iter().enumerate().map(fixed).collect()
}

/// Secret of one round of one job, derived from what the DGKBE header carries. Erased when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct JobKey([u8; 32]);

impl JobKey {
    /// Binds the broadcast key `shared` to a job and round.
    #[must_use]
    pub fn derive(shared: &[u8; 32], jobs: Domain<'_>, job_id: u64, round: u8) -> Self {
        let mut bytes =
            Encoder::bound("job-key", jobs).fixed(shared).number(job_id.into()).number(round.into()).finish();
        let key = Sha256::digest(&bytes).into();
        bytes.zeroize();
        Self(key)
    }

    /// Key under which the worker `account` encrypts its full output for the requester and the other workers;
    /// one key for each, so that no two plaintexts ever share a key.
    #[must_use]
    pub fn output_key(&self, account: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.subkey("output", account.as_bytes()))
    }

    /// The words to publish for a result: fixed point, projected if long, masked.
    ///
    /// # Errors
    /// See [`to_fixed`] and [`ResultError::ProjectionOverflow`].
    pub fn masked(&self, values: &[f32]) -> Result<Vec<u8>, ResultError> {
        let fixed = Zeroizing::new(to_fixed(values)?);
        let words = if fixed.len() <= DIRECT_WORDS { fixed } else { self.project(&fixed)? };
        let mut masked = Vec::with_capacity(words.len() * 4);
        for (word, mask) in words.iter().zip(self.mask(words.len()).iter()) {
            masked.extend_from_slice(&word.wrapping_add(*mask).to_le_bytes());
        }
        Ok(masked)
    }

    /// Takes the mask off; for results of at most [`DIRECT_WORDS`] these are the fixed-point values. Erased when dropped.
    ///
    /// # Errors
    /// [`ResultError::Length`].
    pub fn unmask(&self, masked: &[u8]) -> Result<Zeroizing<Vec<i32>>, ResultError> {
        let (words, rest) = masked.as_chunks::<4>();
        if words.is_empty() || !rest.is_empty() {
            return Err(ResultError::Length(masked.len()));
        }
        let mask = self.mask(words.len());
        let plain = words.iter().zip(mask.iter());
        let plain = plain.map(|(word, mask)| i32::from_le_bytes(*word).wrapping_sub(*mask));
        Ok(Zeroizing::new(plain.collect()))
    }

    /// Whether a full result is what `masked` was published for, within `tolerance`.
    ///
    /// # Errors
    /// As [`JobKey::masked`].
    pub fn agrees(&self, values: &[f32], masked: &[u8], tolerance: u32) -> Result<bool, ResultError> {
        let own = self.masked(values)?;
        Ok(crate::quorum::distance(&own, masked).is_some_and(|distance| distance <= tolerance))
    }

    fn subkey(&self, purpose: &'static str, context: &[u8]) -> [u8; 32] {
        let mut bytes = Encoder::new(purpose).fixed(&self.0).bytes(context).finish();
        let key = Sha256::digest(&bytes).into();
        bytes.zeroize();
        key
    }

    /// ChaCha20 key stream (RFC 8439) of a key that is used for nothing else, as words.
    fn mask(&self, words: usize) -> Zeroizing<Vec<i32>> {
        let stream = self.stream("mask", words * 4);
        let words = stream.as_chunks::<4>().0.iter().map(|bytes| i32::from_le_bytes(*bytes));
        // Of known length, so that no copy is left behind by growth.
        Zeroizing::new(words.collect())
    }

    fn project(&self, fixed: &[i32]) -> Result<Zeroizing<Vec<i32>>, ResultError> {
        let words = project(fixed, &self.stream("projection", fixed.len() * BYTES_PER_VALUE))?;
        Ok(Zeroizing::new(words.to_vec()))
    }

    fn stream(&self, purpose: &'static str, length: usize) -> Zeroizing<Vec<u8>> {
        let key = Zeroizing::new(self.subkey(purpose, &[]));
        let mut bytes = Zeroizing::new(vec![0; length]);
        ChaCha20::new((&*key).into(), &[0; 12].into()).apply_keystream(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles for what erases itself only.
    fn erased<T: ZeroizeOnDrop>(_: T) {}

    #[test]
    fn pads_signs_and_plain_words_are_erased_when_dropped() {
        let jobs = Domain { chain_id: "bithive-1", contract: "bithive1jobs" };
        let key = JobKey::derive(&[7; 32], jobs, 1, 1);
        erased(key.stream("mask", 8));
        erased(key.mask(2));
        erased(key.project(&[1; DIRECT_WORDS + 1]).unwrap());
        erased(project(&[1; 4], &[0; 4 * BYTES_PER_VALUE]).unwrap());
        erased(key.unmask(&key.masked(&[0.5]).unwrap()).unwrap());
        erased(key.output_key("worker"));
        erased(key);
    }
}
