//! Integers modulo the group order r.

use core::fmt;

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::DecodeError;
use crate::backend::{Native, PairingEngine};
use crate::encoding::{GROUP_ORDER, is_below};
use crate::expand::expand_message_xmd;

/// An integer modulo r, wiped when dropped and compared in constant time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Scalar {
    /// 32 bytes, little-endian, below r.
    bytes: [u8; 32],
}

impl Scalar {
    /// Length of an encoded scalar in bytes.
    pub const LEN: usize = 32;

    /// The scalar 0.
    pub const fn zero() -> Self {
        Self { bytes: [0; 32] }
    }

    /// The scalar 1.
    pub fn one() -> Self {
        Self::from(1u64)
    }

    /// Uniform, from 512 random bits, so that the bias of the reduction is below 2^-256.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        rng.fill_bytes(wide.as_mut_slice());
        Self { bytes: Native::scalar_reduce(wide.as_slice()) }
    }

    /// hash_to_field of RFC 9380 section 5.2 for the field of r elements: expand_message_xmd with SHA-256 to
    /// 48 bytes under `tag`, reduced. The message is the concatenation of `parts`; the caller makes it
    /// unambiguous.
    pub fn hash(parts: &[&[u8]], tag: &[u8]) -> Self {
        let wide = expand_message_xmd::<48>(parts, tag);
        Self { bytes: Native::scalar_reduce(wide.as_slice()) }
    }

    /// Decode 32 big-endian bytes.
    ///
    /// # Errors
    /// [`DecodeError::Length`], or [`DecodeError::NotCanonical`] for a number not below r.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let kind = "scalar";
        let mut array: [u8; 32] = bytes.try_into().map_err(|_| DecodeError::Length {
            kind,
            expected: Self::LEN,
            actual: bytes.len(),
        })?;
        if !is_below(&array, &GROUP_ORDER) {
            array.zeroize();
            return Err(DecodeError::NotCanonical {
                kind,
                reason: "the number is not below the group order",
            });
        }
        array.reverse();
        Ok(Self { bytes: array })
    }

    /// 32 big-endian bytes.
    pub fn encode(&self) -> Zeroizing<[u8; 32]> {
        let mut out = Zeroizing::new(self.bytes);
        out.reverse();
        out
    }

    /// Canonical little-endian bytes, for the backends.
    pub(crate) fn little_endian(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// `self + other`.
    pub fn add(&self, other: &Self) -> Self {
        Self { bytes: Native::scalar_add(&self.bytes, &other.bytes) }
    }

    /// `self - other`.
    pub fn sub(&self, other: &Self) -> Self {
        Self { bytes: Native::scalar_sub(&self.bytes, &other.bytes) }
    }

    /// `self * other`.
    pub fn mul(&self, other: &Self) -> Self {
        Self { bytes: Native::scalar_mul(&self.bytes, &other.bytes) }
    }

    /// The additive inverse, modulo r.
    pub fn neg(&self) -> Self {
        Self::zero().sub(self)
    }

    /// `1 / self`, or None for 0.
    pub fn invert(&self) -> Option<Self> {
        (!self.is_zero()).then(|| Self { bytes: Native::scalar_invert(&self.bytes) })
    }

    /// Whether this is 0.
    pub fn is_zero(&self) -> bool {
        self.bytes.ct_eq(&[0; 32]).into()
    }

    /// 1, x, x^2, ... : `count` powers.
    pub fn powers(&self, count: usize) -> Vec<Self> {
        core::iter::successors(Some(Self::one()), |power| Some(power.mul(self))).take(count).collect()
    }
}

impl From<u64> for Scalar {
    fn from(value: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&value.to_le_bytes());
        Self { bytes }
    }
}

impl ConstantTimeEq for Scalar {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.bytes.ct_eq(&other.bytes)
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Scalar {}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scalar(secret)")
    }
}

/// Nonzero 128-bit weights for a batch check: a false equation survives with probability below 2^-127.
pub fn random_weights(count: usize, rng: &mut impl CryptoRng) -> Vec<u128> {
    (0..count)
        .map(|_| {
            let mut bytes = [0; 16];
            rng.fill_bytes(&mut bytes);
            u128::from_le_bytes(bytes).max(1)
        })
        .collect()
}

impl From<u128> for Scalar {
    fn from(value: u128) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&value.to_le_bytes());
        Self { bytes }
    }
}
