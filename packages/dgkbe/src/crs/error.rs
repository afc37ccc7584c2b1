//! What can be wrong with a common reference string.

use crate::format::FormatError;
use crate::slots::MAX_SLOTS;

/// Why a common reference string or a ceremony is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrsError {
    /// The bytes are not of this kind.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A number of slots that no group has.
    #[error("the common reference string is for {slots} slots; a group has 2 to {MAX_SLOTS}")]
    Slots {
        /// Number of slots found.
        slots: u16,
    },
    /// A_0 is not the generator.
    #[error("A_0 is not the generator of G1")]
    Generator,
    /// The secret's order is small: A_index is A_0, so the missing power is among the published ones.
    #[error("A_{index} equals A_0: the secret exponent has a small order and B_(L+1) is public")]
    SmallOrder {
        /// Index of the element of G1.
        index: usize,
    },
    /// The elements are not consecutive powers of one number.
    #[error("the elements are not the powers of one secret")]
    NotPowers,
    /// Another string than the expected one.
    #[error("the digest of the common reference string is not the expected one")]
    Digest,
    /// A ceremony to which nobody contributed.
    #[error("the ceremony has no contribution, so its secret is known to everybody")]
    NoContribution,
    /// A contribution that changes nothing.
    #[error("contribution {index} leaves the secret as it was")]
    IdleContribution {
        /// Position, from 0.
        index: usize,
    },
    /// A contribution whose proof does not hold at its place: forged, repeated, skipped or moved.
    #[error("contribution {index}: the proof of knowledge does not hold after the contributions before it")]
    Proof {
        /// Position, from 0.
        index: usize,
    },
    /// The elements are not those that the last contribution claims.
    #[error("the elements are not those of the last contribution")]
    LastContribution,
}
