//! A user's own key pair, made without a dealer, and how others check the public half.
//!
//! The owner of slot j draws t: T_j = `[t]_1`; H_{j,i} = [t a^i]_2 for i in 1..=L, i != L + 1 - j; the secret key
//! is [t a^(L+1-j)]_2. The number t itself is forgotten. "Index L + 1 - j" is the key's gap: the one element
//! that the owner keeps.

mod error;
mod file;
mod public;
mod secret;
mod verify;

pub use error::KeyError;
pub use file::{VerifiedKey, column_of_file, seek_column, verify_file};
pub use public::{PublicKey, UnverifiedPublicKey, column, column_range, encoded_len};
pub use secret::SecretKey;
pub use verify::{verify_column, verify_element, verify_many, verify_public_key};

use bithive_curve::{G1, G2, Scalar};
use rand_core::CryptoRng;

use crate::Crs;
pub(crate) use crate::layout::gap;

/// A new user's keys.
pub struct KeyPair {
    /// The public key: published as a file, which is found by its digest.
    pub public: PublicKey,
    /// The secret key, which stays with the owner.
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
