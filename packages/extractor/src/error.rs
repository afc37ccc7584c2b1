//! What can be wrong.

use crate::profile::{KEY_ENTROPY_BITS, MAX_CONTEXT_BYTES, Profile};

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractorError {
    /// A reading of another length than the profile's.
    #[error("the reading has {found} bytes; profile {profile} expects {expected}", expected = profile.reading_bytes())]
    ReadingLength {
        /// The profile in use.
        profile: Profile,
        /// Length given, in bytes.
        found: usize,
    },
    /// A context that is empty or too long.
    #[error("the context has {found} bytes; expected 1 to {max}", max = MAX_CONTEXT_BYTES)]
    ContextLength {
        /// Length given, in bytes.
        found: usize,
    },
    /// A min-entropy rate outside its range.
    #[error("the min-entropy rate is {found} thousandths of a bit for each bit; expected 1 to 1000")]
    MinEntropyRate {
        /// Rate given, in thousandths of a bit for each bit of the reading.
        found: u16,
    },
    /// The helper data of this and of earlier enrolments can give away so much that too little is left for a key.
    #[error(
        "profile {profile} leaves {left} bits of min-entropy for a key, {needed} are needed: the reading has {stated} \
         as stated, helper data can give away {leaked}",
        needed = KEY_ENTROPY_BITS
    )]
    TooLittleEntropy {
        /// The profile in use.
        profile: Profile,
        /// What the whole reading has, in bits, at the stated rate.
        stated: u32,
        /// What the sketches of all enrolments can give away, in bits.
        leaked: u32,
        /// What is left, in bits; below zero where more leaks than there is.
        left: i64,
    },
    /// Nearly all bits of the reading are equal: a source of the stated min-entropy gives such a reading with a
    /// probability below 2^-40. A sensor that is stuck does.
    #[error(
        "the reading has far more zeros than ones, or ones than zeros, than a source of the stated min-entropy gives; \
         check the sensor, or state a lower rate"
    )]
    ImplausibleReading,
    /// The new context of an extension is the one that is enrolled.
    #[error("the new context is the one that is enrolled; expected another")]
    SameContext,
    /// Bytes that no encoder of helper data writes.
    #[error("the helper data is malformed: {0}")]
    MalformedHelperData(&'static str),
    /// The noise is above what the profile corrects, or the source, the context or the helper data is not the one
    /// enrolled. Which of these is not told apart: it would help who changes helper data and watches.
    #[error(
        "the key is not reproduced: the reading differs too much from the one enrolled, or the source, the context or \
         the helper data is another one"
    )]
    NotReproduced,
}
