//! Pairings and the target group.

use core::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::backend::{Native, PairingEngine, TARGET_LEN};
use crate::point::Point;
use crate::{G1, G2, Gt, Scalar, parallel};

/// An element of the target group of order r. Only pairings and arithmetic make one; there is no decoder.
#[derive(Clone, Copy)]
pub struct TargetElement<E: PairingEngine>(E::Target);

/// What a pairing takes.
pub type Pair<E> = (Point<<E as PairingEngine>::G1>, Point<<E as PairingEngine>::G2>);

/// Pairs per Miller loop task; a longer product is shared among threads.
const MILLER_CHUNK: usize = 16;

impl<E: PairingEngine> TargetElement<E> {
    /// Length of an encoded element in bytes.
    pub const LEN: usize = TARGET_LEN;

    /// The neutral element.
    pub fn one() -> Self {
        Self(E::one())
    }

    /// Whether this is the neutral element.
    pub fn is_one(&self) -> bool {
        E::is_equal(&self.0, &E::one())
    }

    /// Product in the target group.
    pub fn mul(&self, other: &Self) -> Self {
        Self(E::mul(&self.0, &other.0))
    }

    /// Inverse in the target group.
    pub fn invert(&self) -> Self {
        Self(E::invert(&self.0))
    }

    /// Power, by 64 windows of four bits whose number and order do not depend on the exponent.
    pub fn pow(&self, exponent: &Scalar) -> Self {
        let mut table = [E::one(); 16];
        for i in 1..16 {
            table[i] = E::mul(&table[i - 1], &self.0);
        }
        let mut out = E::one();
        for byte in exponent.little_endian().iter().rev() {
            for window in [byte >> 4, byte & 15] {
                for _ in 0..4 {
                    out = E::square(&out);
                }
                out = E::mul(&out, &E::select(&table, window));
            }
        }
        Self(out)
    }

    /// 576 bytes; see [`PairingEngine::encode`] for the order of coordinates.
    pub fn encode(&self) -> Zeroizing<[u8; TARGET_LEN]> {
        Zeroizing::new(E::encode(&self.0))
    }

    /// Product of pairings over any number of pairs, with one final exponentiation.
    pub fn product(pairs: &[Pair<E>]) -> Self {
        let (g1, g2): (Vec<_>, Vec<_>) = pairs
            .iter()
            .filter(|(p, q)| !p.is_identity() && !q.is_identity())
            .map(|(p, q)| (p.0, q.0))
            .unzip();
        let chunks: Vec<_> = g1.chunks(MILLER_CHUNK).zip(g2.chunks(MILLER_CHUNK)).collect();
        let parts = match chunks.as_slice() {
            [] => return Self::one(),
            [(p, q)] => vec![E::miller(p, q)],
            many => parallel::map(many, |(p, q)| E::miller(p, q)),
        };
        let product = parts.into_iter().reduce(|a, b| E::miller_mul(&a, &b));
        product.map_or_else(Self::one, |value| Self(E::final_exponentiation(&value)))
    }
}

impl<E: PairingEngine> PartialEq for TargetElement<E> {
    fn eq(&self, other: &Self) -> bool {
        E::is_equal(&self.0, &other.0)
    }
}

impl<E: PairingEngine> Eq for TargetElement<E> {}

impl<E: PairingEngine> Zeroize for TargetElement<E> {
    fn zeroize(&mut self) {
        E::wipe(&mut self.0);
    }
}

impl<E: PairingEngine> fmt::Debug for TargetElement<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gt")
    }
}

/// The pairing e(p, q); the identity if one of the points is.
pub fn pairing(p: &G1, q: &G2) -> Gt {
    multi_pairing(&[(*p, *q)])
}

/// Product of e(p, q) over the pairs.
pub fn multi_pairing(pairs: &[(G1, G2)]) -> Gt {
    TargetElement::<Native>::product(pairs)
}

/// Whether the product of e(p, q) over the pairs is 1.
pub fn pairing_product_is_one(pairs: &[(G1, G2)]) -> bool {
    multi_pairing(pairs).is_one()
}
