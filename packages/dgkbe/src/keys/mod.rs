//! A user's own key pair, made without a dealer, and how others check the public half.
//!
//! The owner of slot j draws t: T_j = `[t]_1`; H_{j,i} = [t a^i]_2 for i in 1..=L, i != L + 1 - j; the secret key
//! is [t a^(L+1-j)]_2. The number t itself is forgotten. "Index L + 1 - j" is the key's gap: the one element
//! that the owner keeps.

mod file;
mod public;
mod secret;
mod verify;

pub use file::{VerifiedKey, column_of_file, seek_column, verify_file};
pub use public::{PublicKey, UnverifiedPublicKey, column, column_range, encoded_len};
pub use secret::SecretKey;
pub use verify::{verify_column, verify_element, verify_many, verify_public_key};

use bithive_curve::{DecodeError, G1, G2, Scalar};
use rand_core::CryptoRng;

use crate::Crs;
use crate::format::FormatError;
pub(crate) use crate::layout::gap;
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
    /// Elements that are not the owner's number times the powers of the common reference string.
    #[error("malformed public keys at slots {slots:?}")]
    Malformed {
        /// The slots, ascending as given.
        slots: Vec<u16>,
    },
    /// A secret key that does not belong to the public commitment.
    #[error("the secret key of slot {slot} does not belong to this commitment")]
    Mismatch {
        /// The slot.
        slot: u16,
    },
}

/// A new user's keys.
pub struct KeyPair {
    /// For everybody, by way of a file that is found by its digest.
    pub public: PublicKey,
    /// For the owner.
    pub secret: SecretKey,
}

impl KeyPair {
    /// Draw the keys of one slot.
    ///
    /// # Errors
    /// [`KeyError::Slot`].
    pub fn generate(crs: &Crs, slot: u16, rng: &mut impl CryptoRng) -> Result<Self, KeyError> {
        crs.check_slot(slot)?;
        let mut t = Scalar::random(rng);
        while t.is_zero() {
            t = Scalar::random(rng);
        }
        let mut rejection = [0; 32];
        rng.fill_bytes(&mut rejection);

        let mut elements = G2::mul_all(crs.low_g2(), &t);
        let own = elements.remove(usize::from(gap(crs.slots(), slot)) - 1);
        let public = PublicKey::from_parts(crs, slot, G1::generator() * &t, elements);
        Ok(Self { public, secret: SecretKey::from_parts(crs, slot, own, rejection) })
    }
}
