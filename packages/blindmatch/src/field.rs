//! The field GF(2^8) = GF(2)\[x\] / (x^8 + x^4 + x^3 + x + 1), and words of eight of its elements.
//!
//! Shares are words: adding two is exclusive or, and a factor acts on each element by itself. Factors are
//! x-coordinates and what is computed from them. They are public, but a word takes the same steps for every factor.

/// Element of GF(2^8) that bytes are multiplied with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gf256(pub(crate) u8);

impl Gf256 {
    pub(crate) const ONE: Self = Self(1);

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    pub(crate) fn times(self, other: Self) -> Self {
        Self(scale(self.0 as u64, other) as u8)
    }

    /// The inverse; zero for zero.
    pub(crate) fn inverse(self) -> Self {
        Self(INVERSES[usize::from(self.0)])
    }
}

static INVERSES: [u8; 256] = inverses();

/// a^254 for every a.
const fn inverses() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut inverse, mut power, mut bit) = (1, i as u64, 1);
        while bit < 8 {
            power = scale(power, Gf256(power as u8));
            inverse = scale(inverse, Gf256(power as u8));
            bit += 1;
        }
        table[i] = inverse as u8;
        i += 1;
    }
    table
}

/// Every element of a word times one factor.
pub(crate) const fn scale(word: u64, by: Gf256) -> u64 {
    const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (mut product, mut shifted, mut bit) = (0, word, 0);
    while bit < 8 {
        product ^= shifted & 0_u64.wrapping_sub((by.0 >> bit & 1) as u64);
        let carries = shifted >> 7 & ONES;
        shifted = (shifted & LOW_BITS) << 1 ^ carries ^ carries << 1 ^ carries << 3 ^ carries << 4;
        bit += 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_the_field_of_aes() {
        // FIPS 197, section 4.2.
        assert_eq!(Gf256(0x57).times(Gf256(0x83)), Gf256(0xc1));
        assert_eq!(Gf256(0x57).times(Gf256(0x13)), Gf256(0xfe));
    }

    #[test]
    fn every_element_but_zero_has_an_inverse() {
        assert_eq!(Gf256(0).inverse(), Gf256(0));
        assert!((1..=255).all(|a| Gf256(a).times(Gf256(a).inverse()) == Gf256::ONE));
    }

    proptest! {
        #[test]
        fn products_commute_associate_and_distribute(a: u8, b: u8, c: u8) {
            let (a, b, c) = (Gf256(a), Gf256(b), Gf256(c));
            prop_assert_eq!(a.times(b), b.times(a));
            prop_assert_eq!(a.times(b).times(c), a.times(b.times(c)));
            prop_assert_eq!(a.times(b.plus(c)), a.times(b).plus(a.times(c)));
        }

        #[test]
        fn a_factor_acts_on_each_element_of_a_word(word: u64, by: u8) {
            let single = word.to_le_bytes().map(|element| Gf256(element).times(Gf256(by)).0);
            prop_assert_eq!(scale(word, Gf256(by)).to_le_bytes(), single);
        }
    }
}
