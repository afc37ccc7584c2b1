//! What can be wrong with a key.

use bithive_curve::DecodeError;

use crate::format::FormatError;
use crate::slots::SlotError;

/// Why a key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not of this kind.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A single point that is not valid.
    #[error(transparent)]
    Point(#[from] DecodeError),
    /// A slot outside the group.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// A key for a group of another size.
    #[error("the key is for a group of {actual} slots, expected {expected}")]
    GroupSize {
        /// Slots of the common reference string.
        expected: u16,
        /// Slots that the key names.
        actual: u16,
    },
    /// A key of another slot than the one asked for.
    #[error("the key is of slot {actual}, expected slot {expected}")]
    WrongSlot {
        /// Slot that was asked for.
        expected: u16,
        /// Slot that the key names.
        actual: u16,
    },
    /// A key made for another common reference string.
    #[error("the key was made for another common reference string")]
    OtherCrs,
    /// An index for which a public key has no element.
    #[error("slot {slot} has no public element {index}: indices are 1..={slots} without {gap}")]
    Index {
        /// The key's slot.
        slot: u16,
        /// The index that was asked for.
        index: u16,
        /// Slots of the group.
        slots: u16,
        /// The index of the secret element.
        gap: u16,
    },
    /// A file that is not the one that was asked for.
    #[error("the digest of the public key's file is not the expected one")]
    Digest,
    /// A key with another commitment than its owner has registered.
    #[error("the public key of slot {slot} has another commitment than the registered one")]
    Commitment {
        /// Slot that was asked for.
        slot: u16,
    },
    /// Elements that are not the owner's number times the powers of the common reference string.
    #[error("malformed public keys at slots {slots:?}")]
    Malformed {
        /// The slots, ascending as given.
        slots: Vec<u16>,
    },
    /// A secret key that does not belong to the public commitment.
    #[error("the secret key of slot {slot} does not belong to this commitment")]
    Mismatch {
        /// Slot that the secret key names.
        slot: u16,
    },
}
