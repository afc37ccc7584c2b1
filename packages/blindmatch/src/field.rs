//! The field GF(2^128) = GF(2)\[x\] / (x^128 + x^7 + x^2 + x + 1), in which a vault's secret is shared.
//!
//! Bit i of the integer is the coefficient of x^i. Multiplication takes the same steps for every input, since
//! one factor is a share.

use core::ops::{Add, Mul};
use std::sync::LazyLock;

use zeroize::Zeroize;

/// Low half of the reduction polynomial.
const REDUCTION: u128 = 0x87;

/// An element. No `Debug`: elements are shares of secrets.
#[derive(Clone, Copy, PartialEq, Eq, Default, Zeroize)]
pub(crate) struct Gf128(pub(crate) u128);

impl Gf128 {
    pub(crate) const ZERO: Self = Self(0);
    pub(crate) const ONE: Self = Self(1);

    pub(crate) fn random(rng: &mut impl rand_core::CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        let element = Self(u128::from_be_bytes(bytes));
        bytes.zeroize();
        element
    }

    /// The inverse, a^(2^128 - 2); zero for zero.
    pub(crate) fn invert(self) -> Self {
        let (mut result, mut power) = (Self::ONE, self);
        for _ in 1..128 {
            power = power * power;
            result = result * power;
        }
        result
    }

    /// The inverse of a small number, read as a polynomial; zero for zero.
    pub(crate) fn small_inverse(number: u8) -> Self {
        SMALL_INVERSES[usize::from(number)]
    }
}

/// Made once with a single inversion (Montgomery's trick), which would otherwise be most of what it costs to open
/// a small vault. Nothing in it is secret.
static SMALL_INVERSES: LazyLock<[Gf128; 256]> = LazyLock::new(|| {
    let mut products = [Gf128::ONE; 256];
    for i in 1..256 {
        products[i] = products[i - 1] * Gf128(i as u128);
    }
    let mut inverses = [Gf128::ZERO; 256];
    let mut inverse_of_product = products[255].invert();
    for i in (1..256).rev() {
        inverses[i] = inverse_of_product * products[i - 1];
        inverse_of_product = inverse_of_product * Gf128(i as u128);
    }
    inverses
});

impl Add for Gf128 {
    type Output = Self;

    #[allow(clippy::suspicious_arithmetic_impl, reason = "addition in characteristic 2 is exclusive or")]
    fn add(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }
}

impl Mul for Gf128 {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let (mut product, mut shifted) = (0, self.0);
        for bit in 0..128 {
            product ^= shifted & 0_u128.wrapping_sub((other.0 >> bit) & 1);
            shifted = (shifted << 1) ^ (REDUCTION & 0_u128.wrapping_sub(shifted >> 127));
        }
        Self(product)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn x_to_the_128_reduces_to_the_low_half_of_the_polynomial() {
        assert_eq!((Gf128(1 << 127) * Gf128(2)).0, REDUCTION);
    }

    #[test]
    fn inverses_of_the_table_equal_single_inverses() {
        for i in 0..=255 {
            assert_eq!(Gf128::small_inverse(i).0, Gf128(u128::from(i)).invert().0);
        }
    }

    proptest! {
        #[test]
        fn it_is_a_field(a: u128, b: u128, c: u128) {
            let (a, b, c) = (Gf128(a), Gf128(b), Gf128(c));
            prop_assert_eq!((a * b).0, (b * a).0);
            prop_assert_eq!(((a * b) * c).0, (a * (b * c)).0);
            prop_assert_eq!((a * (b + c)).0, (a * b + a * c).0);
            prop_assert_eq!((a * Gf128::ONE).0, a.0);
            if a.0 != 0 {
                prop_assert_eq!((a * a.invert()).0, 1);
            }
        }
    }
}
