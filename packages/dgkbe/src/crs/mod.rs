//! Common reference string: powers of a number that nobody knows.
//!
//! For L slots: A_i = [a^i]_1 for 0 <= i <= 2L, B_i = [a^i]_2 for 1 <= i <= 2L except i = L + 1, and
//! Omega = e(A_1, B_L). B_{L+1} must never exist in any form: with it everybody decrypts everything. That is
//! why ceremonies that give consecutive powers in G2 (KZG, Groth16) cannot be used, and why
//! [`ceremony`] runs its own.
//!
//! # Encoding
//! `BHCRS`, version, L (two bytes, big-endian), A_0 to A_2L (48 bytes each), B_1 to B_2L without B_{L+1} (96
//! bytes each). Its BLAKE3 hash is the digest that the chain stores.

pub mod ceremony;
mod error;
mod powers;

pub use error::CrsError;

use std::io::Read;
use std::sync::Arc;

use bithive_curve::{G1, G2, Gt, pairing};
use rand_core::CryptoRng;

#[cfg(doc)]
use crate::format::FormatError;
use crate::progress::{Steps, unwatched};
use crate::slots::SlotError;
use powers::Powers;

/// A verified common reference string.
pub struct Crs {
    powers: Powers,
    omega: Gt,
    digest: [u8; 32],
}

/// A decoded common reference string whose points are valid but whose structure nobody has checked.
pub struct UnverifiedCrs {
    powers: Powers,
    digest: [u8; 32],
}

impl UnverifiedCrs {
    /// Decode and check every point: canonical, on the curve, in the subgroup, not the identity. An encoding
    /// with one element too many, such as B_{L+1}, has the wrong length.
    ///
    /// # Errors
    /// [`CrsError::Format`], [`CrsError::Slots`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CrsError> {
        let powers = Powers::decode(bytes, &mut Steps::new(0, &mut unwatched))?;
        Ok(Self { powers, digest: *blake3::hash(bytes).as_bytes() })
    }

    /// [`Self::decode`] from a stream: the encoding is never held, only the points that it gives.
    ///
    /// # Errors
    /// [`CrsError::Format`], with [`FormatError::Read`] where reading fails; [`CrsError::Slots`].
    pub fn read(reader: impl Read) -> Result<Self, CrsError> {
        let (powers, digest) = Powers::read(reader)?;
        Ok(Self { powers, digest })
    }

    /// BLAKE3 hash of the encoding.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Check that the elements are powers of one number of large order, in one batch with random 128-bit
    /// weights. This says nothing about who knows the number: that is what
    /// [`ceremony::Transcript::verify`] is for.
    ///
    /// # Errors
    /// [`CrsError::Generator`], [`CrsError::SmallOrder`], [`CrsError::NotPowers`].
    pub fn verify(self, rng: &mut impl CryptoRng) -> Result<Crs, CrsError> {
        self.powers.verify(rng, &mut Steps::new(self.powers.count(), &mut unwatched))?;
        Ok(Crs::from_powers(self.powers, self.digest))
    }

    /// Accept a string that is already known to be good, by the digest that the chain stores for it.
    ///
    /// # Errors
    /// [`CrsError::Digest`].
    pub fn trust(self, digest: &[u8; 32]) -> Result<Crs, CrsError> {
        if self.digest == *digest {
            Ok(Crs::from_powers(self.powers, self.digest))
        } else {
            Err(CrsError::Digest)
        }
    }
}

impl Crs {
    fn from_powers(powers: Powers, digest: [u8; 32]) -> Self {
        let omega = pairing(powers.a(1), powers.b_at(usize::from(powers.slots()) - 1));
        Self { powers, omega, digest }
    }

    /// Number of slots L.
    pub fn slots(&self) -> u16 {
        self.powers.slots()
    }

    /// A_i = [a^i]_1 for i <= 2L.
    pub fn a(&self, index: u16) -> Option<&G1> {
        self.powers.g1().get(usize::from(index))
    }

    /// B_i = [a^i]_2 for 1 <= i <= 2L, i != L + 1.
    pub fn b(&self, index: u16) -> Option<&G2> {
        self.powers.b(index)
    }

    /// Omega = e(A_1, B_L), the base of every encapsulated value.
    pub fn omega(&self) -> &Gt {
        &self.omega
    }

    /// BLAKE3 hash of the encoding.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The encoding of the module's documentation.
    pub fn encode(&self) -> Vec<u8> {
        self.powers.encode()
    }

    /// For the caches, which live as long as their users.
    pub fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }

    /// Check that a slot belongs to the group.
    ///
    /// # Errors
    /// [`SlotError::OutOfRange`].
    pub(crate) fn check_slot(&self, slot: u16) -> Result<(), SlotError> {
        let capacity = self.slots();
        if (1..=capacity).contains(&slot) { Ok(()) } else { Err(SlotError::OutOfRange { slot, capacity }) }
    }

    /// A_slot for a slot that has been checked.
    pub(crate) fn slot_power(&self, slot: u16) -> &G1 {
        self.powers.a(usize::from(slot))
    }

    /// B_1 to B_L.
    pub(crate) fn low_g2(&self) -> &[G2] {
        &self.powers.g2()[..usize::from(self.slots())]
    }
}
