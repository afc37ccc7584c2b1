//! The secret key: one point, and a secret for implicit rejection.
//!
//! # Encoding
//! `BHSEC`, version, L and slot (two bytes each, big-endian), digest of the common reference string (32),
//! [t a^(L+1-slot)]_2 (96), rejection secret (32). The caller encrypts it at rest.

use core::fmt;

use bithive_curve::{G1, G2, pairing_product_is_one};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{KeyError, gap};
use crate::Crs;
use crate::format::{PREFIX_LEN, Reader, prefix};

const MAGIC: &[u8; 5] = b"BHSEC";
const KIND: &str = "secret key";
const ENCODED_LEN: usize = PREFIX_LEN + 2 + 2 + 32 + G2::LEN + 32;

/// The owner's half of a key pair; wiped when dropped.
#[derive(Clone)]
pub struct SecretKey {
    slots: u16,
    slot: u16,
    crs_digest: [u8; 32],
    point: G2,
    rejection: [u8; 32],
}

impl SecretKey {
    pub(super) fn from_parts(crs: &Crs, slot: u16, point: G2, rejection: [u8; 32]) -> Self {
        Self { slots: crs.slots(), slot, crs_digest: *crs.digest(), point, rejection }
    }

    /// The owner's slot.
    pub fn slot(&self) -> u16 {
        self.slot
    }

    /// The secret element [t a^(L+1-slot)]_2.
    pub(crate) fn point(&self) -> &G2 {
        &self.point
    }

    /// Secret from which keys of rejected headers are derived.
    pub(crate) fn rejection(&self) -> &[u8; 32] {
        &self.rejection
    }

    /// Check that this is the secret key of the commitment T: e(T, B_(L+1-slot)) = e(g1, secret).
    ///
    /// # Errors
    /// [`KeyError::OtherCrs`], [`KeyError::Mismatch`].
    pub fn check(&self, crs: &Crs, commitment: &G1) -> Result<(), KeyError> {
        if self.crs_digest != *crs.digest() || self.slots != crs.slots() {
            return Err(KeyError::OtherCrs);
        }
        crs.check_slot(self.slot)?;
        let power = crs.b(gap(self.slots, self.slot)).ok_or(KeyError::OtherCrs)?;
        if pairing_product_is_one(&[(*commitment, *power), (-G1::generator(), self.point)]) {
            Ok(())
        } else {
            Err(KeyError::Mismatch { slot: self.slot })
        }
    }

    /// The encoding of the module's documentation.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(ENCODED_LEN));
        out.extend_from_slice(&prefix(MAGIC));
        out.extend_from_slice(&self.slots.to_be_bytes());
        out.extend_from_slice(&self.slot.to_be_bytes());
        out.extend_from_slice(&self.crs_digest);
        out.extend_from_slice(Zeroizing::new(self.point.encode()).as_slice());
        out.extend_from_slice(&self.rejection);
        out
    }

    /// Decode a key of this common reference string; [`Self::check`] ties it to its public half.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn decode(crs: &Crs, bytes: &[u8]) -> Result<Self, KeyError> {
        let mut reader = Reader::open(KIND, MAGIC, bytes)?;
        reader.expect_total(ENCODED_LEN)?;
        let (slots, slot, crs_digest) = (reader.u16()?, reader.u16()?, reader.array()?);
        if slots != crs.slots() {
            return Err(KeyError::GroupSize { expected: crs.slots(), actual: slots });
        }
        crs.check_slot(slot)?;
        if crs_digest != *crs.digest() {
            return Err(KeyError::OtherCrs);
        }
        let point = G2::decode_nonidentity(reader.take(G2::LEN)?)?;
        Ok(Self { slots, slot, crs_digest, point, rejection: reader.array()? })
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.point.zeroize();
        self.rejection.zeroize();
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(slot {} of {})", self.slot, self.slots)
    }
}
