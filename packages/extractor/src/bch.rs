//! Binary BCH codes, narrow sense and primitive, shortened by leaving out the highest coefficients.
//!
//! Lin and Costello, Error Control Coding, chapter 6: a word is a polynomial whose coefficient of x^i is bit i; a
//! code word is a multiple of the generator, the product of the distinct minimal polynomials of alpha, alpha^2,
//! ..., alpha^(2t). The decoder is the inversionless Berlekamp-Massey algorithm (Sarwate and Shanbhag, "High-speed
//! architectures for Reed-Solomon decoders", 2001) and a search of all positions (Chien). It takes the same steps
//! for every word, whatever its errors. A bit is a byte of value 0 or 1.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

use crate::field::{Element, Field, combine, is_zero, select};

/// A code of `length` bits that corrects `t` errors.
pub(crate) struct Code {
    field: Field,
    t: usize,
    length: usize,
    /// The generator without its leading term, bit by bit; its length is the number of check bits, n - k.
    generator: Vec<u8>,
}

impl Code {
    /// The code that corrects `t` errors over `field`, shortened to `length` bits.
    pub(crate) fn new(field: Field, t: usize, length: usize) -> Self {
        let mut generator = vec![1];
        let mut covered = vec![false; field.order()];
        for exponent in (1..2 * t).step_by(2) {
            if !covered[exponent] {
                generator = multiply(&generator, &minimal_polynomial(field, exponent, &mut covered));
            }
        }
        generator.pop();
        Self { field, t, length, generator }
    }

    /// n - k.
    pub(crate) fn check_bits(&self) -> usize {
        self.generator.len()
    }

    /// Remainder of a word modulo the generator: zero exactly for code words.
    pub(crate) fn remainder(&self, word: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut state = Zeroizing::new(vec![0; self.check_bits()]);
        for bit in word.iter().rev() {
            state.rotate_right(1);
            let Some(first) = state.first_mut() else { break };
            let carry = 0_u8.wrapping_sub(std::mem::replace(first, *bit));
            state.iter_mut().zip(&self.generator).for_each(|(state, tap)| *state ^= tap & carry);
        }
        state
    }

    /// The errors, at most t of them, whose remainder this is, and whether there are such; if not, the first
    /// part means nothing.
    pub(crate) fn errors(&self, remainder: &[u8]) -> (Zeroizing<Vec<u8>>, Choice) {
        let (locator, count) = self.locator(&self.power_sums(remainder));
        let mut terms = locator;
        let inverses: Vec<Element> =
            (0..terms.len()).map(|j| self.field.alpha(self.field.order() - j)).collect();
        let mut errors = Zeroizing::new(Vec::with_capacity(self.length));
        let mut found = 0;
        for _ in 0..self.length {
            let error = is_zero(terms.iter().fold(0, |sum, term| sum ^ term)).unwrap_u8();
            found += u32::from(error);
            errors.push(error);
            terms
                .iter_mut()
                .zip(&inverses)
                .for_each(|(term, inverse)| *term = self.field.mul(*term, *inverse));
        }
        // Each error is a root among the positions, and there are as many as the locator is long. A locator longer
        // than t has lost coefficients.
        let decoded = found.ct_eq(&count) & !count.ct_gt(&(self.t as u32));
        (errors, decoded)
    }

    /// S_1 to S_2t, the remainder at alpha to alpha^(2t).
    fn power_sums(&self, remainder: &[u8]) -> Zeroizing<Vec<Element>> {
        let mut sums = Zeroizing::new(vec![0; 2 * self.t]);
        for exponent in 1..=2 * self.t {
            sums[exponent - 1] = if exponent % 2 == 0 {
                self.field.square(sums[exponent / 2 - 1])
            } else {
                let point = self.field.alpha(exponent);
                remainder.iter().rev().fold(0, |sum, bit| self.field.mul(sum, point) ^ Element::from(*bit))
            };
        }
        sums
    }

    /// The error locator, t + 1 coefficients, and its length: the number of errors if that is at most t.
    fn locator(&self, sums: &[Element]) -> (Zeroizing<Vec<Element>>, u32) {
        let mut unit = vec![0; self.t + 1];
        unit[0] = 1;
        let mut locator = Zeroizing::new(unit.clone());
        // The locator before the last change of length, times a power of x, and the discrepancy at that time.
        let (mut before, mut scale) = (Zeroizing::new(unit), 1);
        let mut length = 0_u32;
        for step in 0..sums.len() {
            let seen = sums[..=step].iter().rev();
            let discrepancy = locator.iter().zip(seen).fold(0, |sum, (a, b)| sum ^ self.field.mul(*a, *b));
            let lengthen = !is_zero(discrepancy) & !(2 * length).ct_gt(&(step as u32));
            let next = Zeroizing::new(combine(self.field, scale, &locator, discrepancy, &before));
            let shifted = Zeroizing::new(
                std::iter::once(0).chain(before[..self.t].iter().copied()).collect::<Vec<_>>(),
            );
            before = Zeroizing::new(select(lengthen, &locator, &shifted));
            scale = Element::conditional_select(&scale, &discrepancy, lengthen);
            length = u32::conditional_select(&length, &(step as u32 + 1 - length), lengthen);
            locator = next;
        }
        (locator, length)
    }
}

/// The polynomial over GF(2) of least degree with the root alpha^exponent; marks the exponents of its roots.
fn minimal_polynomial(field: Field, exponent: usize, covered: &mut [bool]) -> Vec<u8> {
    let mut product = vec![1];
    let mut conjugate = exponent;
    while !covered[conjugate] {
        covered[conjugate] = true;
        let root = field.alpha(conjugate);
        let mut next = vec![0; product.len() + 1];
        for (power, coefficient) in product.iter().enumerate() {
            next[power + 1] ^= coefficient;
            next[power] ^= field.mul(*coefficient, root);
        }
        product = next;
        conjugate = 2 * conjugate % field.order();
    }
    product.into_iter().map(|coefficient: Element| coefficient as u8).collect()
}

fn multiply(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut product = vec![0; a.len() + b.len() - 1];
    for (i, a) in a.iter().enumerate() {
        b.iter().enumerate().for_each(|(j, b)| product[i + j] ^= a & b);
    }
    product
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;
    use crate::field::tests::FIELDS;

    /// A code of the full length over a field of degree 4 to 11.
    fn code(degree: usize, t: usize) -> Code {
        let field = FIELDS[degree - 4];
        Code::new(field, t, field.order())
    }

    /// The generator in octal, highest coefficient first, as the literature prints it.
    fn octal(code: &Code) -> String {
        let mut bits = code.generator.clone();
        bits.push(1);
        let digits = bits.chunks(3).map(|chunk| chunk.iter().rev().fold(0, |sum, bit| 2 * sum + bit));
        digits.map(|digit| char::from(b'0' + digit)).collect::<Vec<_>>().into_iter().rev().collect()
    }

    /// Lin and Costello, table 6.1 and appendix C; Proakis, Digital Communications, table of BCH generators.
    #[test]
    fn generators_are_those_of_the_published_tables() {
        for (degree, k, t, generator) in [
            (4, 11, 1, "23"),
            (4, 7, 2, "721"),
            (4, 5, 3, "2467"),
            (5, 21, 2, "3551"),
            (5, 16, 3, "107657"),
            (6, 45, 3, "1701317"),
            (6, 30, 6, "157464165547"),
            (7, 64, 10, "1206534025570773100045"),
            (8, 131, 18, "215713331471510151261250277442142024165471"),
        ] {
            let code = code(degree, t);
            assert_eq!(code.length - code.check_bits(), k);
            assert_eq!(octal(&code), generator, "({}, {k}, {t})", code.length);
        }
    }

    /// The same tables give k for each t.
    #[test]
    fn dimensions_are_those_of_the_published_tables() {
        for (degree, k, t) in [
            (8, 223, 4),
            (8, 139, 15),
            (8, 87, 26),
            (8, 29, 47),
            (9, 502, 1),
            (9, 259, 30),
            (9, 211, 41),
            (9, 184, 45),
            (10, 1013, 1),
            (10, 523, 55),
            (10, 513, 57),
            (10, 443, 73),
            (10, 278, 102),
            (10, 238, 109),
        ] {
            let code = code(degree, t);
            assert_eq!(code.length - code.check_bits(), k, "t = {t}");
        }
    }

    fn word(length: usize, ones: &[usize]) -> Vec<u8> {
        let mut word = vec![0; length];
        ones.iter().for_each(|position| word[*position] = 1);
        word
    }

    #[test]
    fn every_pattern_of_a_small_code_is_corrected_or_refused() {
        let code = code(4, 3);
        for pattern in 0..1_u32 << 15 {
            let errors: Vec<u8> = (0..15).map(|i| (pattern >> i & 1) as u8).collect();
            let remainder = code.remainder(&errors);
            let (found, decoded) = code.errors(&remainder);
            if pattern.count_ones() <= 3 {
                assert!(bool::from(decoded));
                assert_eq!(*found, errors);
            } else if decoded.into() {
                // Another word of the same coset, and a lighter one.
                assert_eq!(code.remainder(&found), remainder);
                assert!(found.iter().sum::<u8>() <= 3);
            }
        }
    }

    #[test]
    fn an_error_in_the_part_that_was_left_out_is_not_decoded() {
        let full = code(8, 18);
        let short = Code::new(FIELDS[4], 18, 248);
        let errors = word(255, &[3, 77, 250]);
        let remainder = full.remainder(&errors);
        assert!(bool::from(full.errors(&remainder).1));
        assert!(!bool::from(short.errors(&remainder).1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn up_to_t_errors_are_found_and_what_is_found_explains_the_remainder(
            positions in subsequence((0..248).collect::<Vec<_>>(), 0..=40),
        ) {
            let code = Code::new(FIELDS[4], 18, 248);
            let errors = word(248, &positions);
            let remainder = code.remainder(&errors);
            let (found, decoded) = code.errors(&remainder);
            if positions.len() <= 18 {
                prop_assert!(bool::from(decoded));
                prop_assert_eq!(&*found, &errors);
            } else if decoded.into() {
                prop_assert_eq!(code.remainder(&found), remainder);
            }
        }
    }
}
