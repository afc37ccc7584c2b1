//! Enrolment, reproduction, and further contexts.

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::entropy::MinEntropyRate;
use crate::error::ExtractorError;
use crate::helper::HelperData;
use crate::key::{Derivation, Key};
use crate::noise::binary_entropy;
use crate::profile::{KEY_ENTROPY_BITS, MAX_CONTEXT_BYTES, Profile};
use crate::sketch::{recover, sketch};

/// A reading that a source of the stated min-entropy gives with at most this probability, as a power of 1/2, is
/// refused.
const IMPLAUSIBLE_BITS: f64 = 40.0;

/// What the caller knows about a source. The bounds are as good as these statements.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Min-entropy for each bit read, given all that an attacker may know of such sources.
    pub min_entropy_rate: MinEntropyRate,
    /// Helper data of all earlier enrolments of this source, wherever they are in use.
    pub earlier: &'a [HelperData],
}

impl Source<'_> {
    /// Bits that the sketches give away at most, the next one included. Sketches of the same reading count once.
    fn leaked_with(self, profile: Profile) -> u32 {
        let is_first = |(index, helper): &(usize, &HelperData)| {
            !self.earlier.iter().take(*index).any(|before| before.has_sketch_of(helper))
        };
        let distinct = self.earlier.iter().enumerate().filter(is_first);
        let before =
            distinct.fold(0_u32, |sum, (_, helper)| sum.saturating_add(helper.profile.leakage_bits()));
        before.saturating_add(profile.leakage_bits())
    }
}

/// Enrols a source in a context: helper data to publish and the key, which is stored nowhere.
///
/// A source is enrolled once; [`HelperData::extend`] serves further contexts. The salt comes from `rng`.
///
/// # Errors
/// A reading or context of a wrong length; [`ExtractorError::TooLittleEntropy`] if less than [`KEY_ENTROPY_BITS`] are
/// left at the stated rate after all enrolments; [`ExtractorError::ImplausibleReading`].
pub fn enroll(
    profile: Profile,
    source: Source<'_>,
    reading: &[u8],
    context: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<(HelperData, Key), ExtractorError> {
    check_lengths(profile, reading, context)?;
    let stated = profile.stated_entropy(source.min_entropy_rate);
    let leaked = source.leaked_with(profile);
    let left = i64::from(stated) - i64::from(leaked);
    if left < i64::from(KEY_ENTROPY_BITS) {
        return Err(ExtractorError::TooLittleEntropy { profile, stated, leaked, left });
    }
    if is_implausible(reading, stated) {
        return Err(ExtractorError::ImplausibleReading);
    }
    Ok(seal(profile, sketch(profile, reading), reading, context, rng))
}

impl HelperData {
    /// The key of an enrolment, from another reading of the same source.
    ///
    /// # Errors
    /// A reading or context of a wrong length; [`ExtractorError::NotReproduced`] for all else.
    pub fn reproduce(&self, reading: &[u8], context: &[u8]) -> Result<Key, ExtractorError> {
        self.recover(reading, context).map(|(_, key)| key)
    }

    /// Helper data and key for a further context, from another reading of the source and the context enrolled.
    ///
    /// The sketch is the one that is public already, so that nothing more is given away; the keys of two contexts
    /// say nothing about each other.
    ///
    /// # Errors
    /// As [`HelperData::reproduce`], and [`ExtractorError::SameContext`].
    pub fn extend(
        &self,
        reading: &[u8],
        context: &[u8],
        further: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Key), ExtractorError> {
        check_lengths(self.profile, reading, further)?;
        if context == further {
            return Err(ExtractorError::SameContext);
        }
        let (enrolled, _) = self.recover(reading, context)?;
        Ok(seal(self.profile, self.sketch.clone(), &enrolled, further, rng))
    }

    /// The enrolled reading and the key. Nothing is skipped if the reading can't be decoded, so that time does not
    /// tell that from a tag that differs.
    fn recover(&self, reading: &[u8], context: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Key), ExtractorError> {
        check_lengths(self.profile, reading, context)?;
        let (enrolled, decoded) = recover(self.profile, reading, &self.sketch);
        let derivation = Derivation::new(self.profile, &self.salt, context, &self.sketch, &enrolled);
        let key = derivation.key();
        if (decoded & derivation.tag().ct_eq(&self.tag)).into() {
            Ok((enrolled, key))
        } else {
            Err(ExtractorError::NotReproduced)
        }
    }
}

fn seal(
    profile: Profile,
    sketch: Vec<u8>,
    reading: &[u8],
    context: &[u8],
    rng: &mut impl CryptoRng,
) -> (HelperData, Key) {
    let mut salt = [0; 32];
    rng.fill_bytes(&mut salt);
    let derivation = Derivation::new(profile, &salt, context, &sketch, reading);
    let (tag, key) = (*derivation.tag(), derivation.key());
    (HelperData { profile, salt, tag, sketch }, key)
}

fn check_lengths(profile: Profile, reading: &[u8], context: &[u8]) -> Result<(), ExtractorError> {
    if reading.len() != profile.reading_bytes() {
        return Err(ExtractorError::ReadingLength { profile, found: reading.len() });
    }
    if !(1..=MAX_CONTEXT_BYTES).contains(&context.len()) {
        return Err(ExtractorError::ContextLength { found: context.len() });
    }
    Ok(())
}

/// Whether a source of `stated` bits of min-entropy gives a reading at least as unbalanced as this one with a
/// probability below 2^-40.
///
/// There are at most 2^(1 + N h(f)) such readings, where f is the share of the rarer bit and h the binary entropy,
/// and the source gives each with probability at most 2^-stated.
fn is_implausible(reading: &[u8], stated: u32) -> bool {
    let bits = (reading.len() * 8) as f64;
    let ones = reading.iter().map(|byte| byte.count_ones()).sum::<u32>();
    1.0 + bits * binary_entropy(f64::from(ones) / bits) + IMPLAUSIBLE_BITS < f64::from(stated)
}
