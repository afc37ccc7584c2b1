//! Helper data, the public part of an enrolment.

use crate::error::ExtractorError;
use crate::profile::Profile;

/// First bytes of helper data: BitHive fuzzy extractor, and the version of the format.
const MAGIC: [u8; 5] = *b"BHFE\x01";
const FIXED_BYTES: usize = MAGIC.len() + 1 + 32 + 32;

/// Helper data of one enrolment: public, of no use without a reading of the source, and refused if changed.
///
/// Encoding: `BHFE`, 1, the profile (1 byte), salt (32), tag (32), sketch. Bit i of the sketch is bit i mod 8, from
/// the least significant, of byte i / 8, and spare bits are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperData {
    pub(crate) profile: Profile,
    pub(crate) salt: [u8; 32],
    pub(crate) tag: [u8; 32],
    pub(crate) sketch: Vec<u8>,
}

impl HelperData {
    /// The profile that it was made with.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether it is of the same reading: then both together give away no more than one.
    #[must_use]
    pub fn has_sketch_of(&self, other: &Self) -> bool {
        self.profile == other.profile && self.sketch == other.sketch
    }

    /// The bytes to publish.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&MAGIC[..], &[self.profile.id()], &self.salt, &self.tag, &self.sketch].concat()
    }

    /// Helper data from published bytes: the ones that [`HelperData::encode`] gives, and no others.
    ///
    /// # Errors
    /// [`ExtractorError::MalformedHelperData`] if the first bytes, the profile, the length or the spare bits are not
    /// what they have to be. That salt, tag and sketch are the enrolled ones shows when a key is reproduced.
    pub fn decode(bytes: &[u8]) -> Result<Self, ExtractorError> {
        let malformed = ExtractorError::MalformedHelperData;
        let rest =
            bytes.strip_prefix(&MAGIC).ok_or(malformed("expected BHFE and version 1 as first bytes"))?;
        let (id, rest) = rest.split_first().ok_or(malformed("it ends before the profile"))?;
        let profile = Profile::from_id(*id).ok_or(malformed("no profile has this number"))?;
        let (salt, rest) = rest.split_first_chunk().ok_or(malformed("it ends within the salt"))?;
        let (tag, sketch) = rest.split_first_chunk().ok_or(malformed("it ends within the tag"))?;
        if bytes.len() != profile.helper_bytes() {
            return Err(malformed("the sketch has not the length that the profile expects"));
        }
        let used = profile.leakage_bits() % 8;
        if used > 0 && sketch.last().is_some_and(|last| last >> used != 0) {
            return Err(malformed("bits after the end of the sketch are set"));
        }
        Ok(Self { profile, salt: *salt, tag: *tag, sketch: sketch.to_vec() })
    }
}

impl Profile {
    /// Bytes of helper data.
    #[must_use]
    pub const fn helper_bytes(self) -> usize {
        FIXED_BYTES + self.leakage_bits().div_ceil(8) as usize
    }
}
