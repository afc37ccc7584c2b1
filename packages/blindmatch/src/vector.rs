//! Vectors of 256 bits, matched by their Hamming distance.
//!
//! An attribute of this kind has 64 slots, and the value of each is a public sample of 20 of the vector's bits. Vectors
//! that are close agree on some samples, and a policy asks for 2 of 64: bit sampling, the locality-sensitive
//! hash of Hamming space (Indyk and Motwani, STOC 1998). [`recall`] says how often that finds a vector at a distance.
//! It is a sieve: some that are too far pass, and the exact [`Vector::distance`] decides once both vectors are known.

mod recall;
mod sizes;
mod thermometer;

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use crate::vector::{
    recall::{MAX_DISTANCE, recall, sample_agreement},
    sizes::{SAMPLE_BITS, SAMPLES, SAMPLES_NEEDED, VECTOR_BITS},
    thermometer::{Thermometer, ThermometerError},
};
use crate::{hash::sha256, schema::SlotId};

/// A vector. `Debug` doesn't show it, and it is erased when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Vector([u8; VECTOR_BITS / 8]);

/// Text that is no vector. It isn't quoted, since it may be one but for a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a vector, expected `0x` and 64 hexadecimal digits")]
pub struct VectorError;

impl Vector {
    /// The vector of these bits: bit 0 is the highest of the first byte.
    pub fn from_bytes(bytes: [u8; VECTOR_BITS / 8]) -> Self {
        Self(bytes)
    }

    /// The bits, first bit highest.
    pub fn as_bytes(&self) -> &[u8; VECTOR_BITS / 8] {
        &self.0
    }

    /// The bit of this number, from 0.
    fn bit(&self, number: u8) -> bool {
        self.0.get(usize::from(number / 8)).is_some_and(|byte| byte >> (7 - number % 8) & 1 == 1)
    }

    /// In how many bits two vectors differ.
    pub fn distance(&self, other: &Self) -> u16 {
        self.0.iter().zip(&other.0).fold(0, |sum, (a, b)| sum + (a ^ b).count_ones() as u16)
    }

    /// The value of a slot: the bits at its positions, the first highest, in 5 hexadecimal digits.
    pub(crate) fn sample(&self, positions: &[u8; SAMPLE_BITS]) -> String {
        let bits = positions.iter().fold(0_u32, |bits, number| bits << 1 | u32::from(self.bit(*number)));
        format!("{bits:05x}")
    }
}

/// The positions that a slot samples: 20 different ones, as the bytes of SHA-256("BITHIVE-V1/blindmatch/sample/",
/// schema digest, slot, counter from 0), one output after the other, name them first. The schema fixes them, so that
/// nobody can choose samples to suit a vector.
pub fn sample_positions(schema_digest: &[u8; 32], slot: SlotId) -> [u8; SAMPLE_BITS] {
    let (mut positions, mut taken, mut count) = ([0; SAMPLE_BITS], [false; VECTOR_BITS], 0);
    for counter in 0_u32.. {
        let hash = sha256("sample").fixed(schema_digest).fixed(&slot.0.to_be_bytes());
        for position in hash.fixed(&counter.to_be_bytes()).digest() {
            let Some(place) = positions.get_mut(count) else { return positions };
            if !core::mem::replace(&mut taken[usize::from(position)], true) {
                *place = position;
                count += 1;
            }
        }
    }
    positions
}

impl FromStr for Vector {
    type Err = VectorError;

    fn from_str(text: &str) -> Result<Self, VectorError> {
        let digits = text.strip_prefix("0x").ok_or(VectorError)?;
        if digits.len() != VECTOR_BITS / 4 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(VectorError);
        }
        let mut bytes = [0; VECTOR_BITS / 8];
        for (byte, digit) in (0..VECTOR_BITS / 4).zip(digits.chars()) {
            let digit = digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(VectorError)?;
            let byte = bytes.get_mut(byte / 2).ok_or(VectorError)?;
            *byte = *byte << 4 | digit;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Vector {
    type Error = VectorError;

    fn try_from(mut text: String) -> Result<Self, VectorError> {
        let vector = text.parse();
        text.zeroize();
        vector
    }
}

impl From<Vector> for String {
    fn from(vector: Vector) -> Self {
        vector.to_string()
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vector(..)")
    }
}
