//! BLS12-381 for the rest of BitHive: points that are valid by construction, scalars that wipe themselves,
//! and pairings.
//!
//! Reader's order: [`point`] (G1, G2 and their sums), [`scalar`], [`gt`] (pairing and target group), [`hash_to_g2`],
//! [`encoding`] (what is refused when bytes become points), [`backend`] (who does the arithmetic).
//!
//! A [`G1`] or [`G2`] value is always on the curve and in the subgroup of order r: the only doors are the
//! generator, arithmetic on valid points, and the checked decoders. Encodings are the compressed ones that
//! Zcash and Ethereum use: 48 bytes for G1, 96 for G2, big-endian, three flag bits on top.
//!
//! Natively the arithmetic is blst's; on wasm32, or with the feature `arkworks`, it is arkworks'. Both give
//! the same bytes for every operation. blst multiplies by a scalar in constant time; arkworks does not, so
//! long-term secrets belong on native machines.

pub mod backend;
pub mod encoding;
mod expand;
pub mod gt;
mod hash;
pub mod parallel;
pub mod point;
pub mod scalar;

pub use encoding::DecodeError;
pub use expand::expand_message_xmd;
pub use gt::{multi_pairing, pairing, pairing_product_is_one};
pub use hash::hash_to_g2;
pub use scalar::Scalar;

use backend::{Native, PairingEngine};

/// Point of the subgroup of order r of E(Fp); 48 bytes compressed.
pub type G1 = point::Point<<Native as PairingEngine>::G1>;
/// Point of the subgroup of order r of E'(Fp2); 96 bytes compressed.
pub type G2 = point::Point<<Native as PairingEngine>::G2>;
/// Running sum of G1 points that is normalised once at the end.
pub type G1Sum = point::Sum<<Native as PairingEngine>::G1>;
/// Running sum of G2 points that is normalised once at the end.
pub type G2Sum = point::Sum<<Native as PairingEngine>::G2>;
/// Element of the target group of order r.
pub type Gt = gt::TargetElement<Native>;
