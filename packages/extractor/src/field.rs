//! GF(2^m) for m up to 11, without tables: no branch and no memory index depends on an element.

use subtle::{ConditionallySelectable, ConstantTimeEq};

/// An element: bit j is the coefficient of alpha^j, where alpha is a root of the field polynomial.
pub(crate) type Element = u16;

/// Arithmetic modulo a primitive polynomial.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    degree: u32,
    /// Coefficients of the field polynomial, bit j for x^j.
    polynomial: u32,
}

impl Field {
    /// The field of 2^`degree` elements.
    ///
    /// `polynomial` has to be primitive, and its second highest term at most x^(degree/2): two folds then
    /// reduce a product. The tests check both for every polynomial in use.
    pub(crate) const fn new(degree: u32, polynomial: u32) -> Self {
        assert!(
            degree <= 11 && polynomial >> degree == 1 && Self::second_term(degree, polynomial) * 2 <= degree
        );
        Self { degree, polynomial }
    }

    const fn second_term(degree: u32, polynomial: u32) -> u32 {
        (polynomial ^ (1 << degree)).ilog2()
    }

    /// Order of the multiplicative group, 2^m - 1.
    pub(crate) const fn order(self) -> usize {
        (1 << self.degree) - 1
    }

    pub(crate) fn mul(self, a: Element, b: Element) -> Element {
        let (a, b) = (u32::from(a), u32::from(b));
        let mut product = 0;
        for j in 0..self.degree {
            product ^= (a & 0_u32.wrapping_sub((b >> j) & 1)) << j;
        }
        self.fold(self.fold(product)) as Element
    }

    pub(crate) fn square(self, a: Element) -> Element {
        self.mul(a, a)
    }

    /// alpha^exponent; the exponent is public.
    pub(crate) fn alpha(self, exponent: usize) -> Element {
        (0..exponent % self.order()).fold(1, |power, _| self.mul(power, 2))
    }

    /// Replaces x^m by the lower terms of the field polynomial, once. Branches on the polynomial only.
    fn fold(self, value: u32) -> u32 {
        let high = value >> self.degree;
        let low = value ^ (high << self.degree);
        let mut taps = self.polynomial ^ (1 << self.degree);
        let mut sum = low;
        while taps != 0 {
            sum ^= high << taps.trailing_zeros();
            taps &= taps - 1;
        }
        sum
    }
}

/// The coefficients of a new connection polynomial: `scale * a + delta * x * b`, cut to the length of `a`.
pub(crate) fn combine(
    field: Field,
    scale: Element,
    a: &[Element],
    delta: Element,
    b: &[Element],
) -> Vec<Element> {
    let shifted = std::iter::once(&0).chain(b);
    a.iter().zip(shifted).map(|(a, b)| field.mul(scale, *a) ^ field.mul(delta, *b)).collect()
}

/// `if choice { a } else { b }`, coefficient by coefficient.
pub(crate) fn select(choice: subtle::Choice, a: &[Element], b: &[Element]) -> Vec<Element> {
    a.iter().zip(b).map(|(a, b)| Element::conditional_select(b, a, choice)).collect()
}

/// Whether the element is zero.
pub(crate) fn is_zero(element: Element) -> subtle::Choice {
    element.ct_eq(&0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Primitive polynomials of the tables of Lin and Costello, Error Control Coding, appendix A.
    pub(crate) const FIELDS: [Field; 8] = [
        Field::new(4, 0x13),
        Field::new(5, 0x25),
        Field::new(6, 0x43),
        Field::new(7, 0x89),
        Field::new(8, 0x11d),
        Field::new(9, 0x211),
        Field::new(10, 0x409),
        Field::new(11, 0x805),
    ];

    #[test]
    fn the_root_of_every_polynomial_generates_the_whole_group() {
        for field in FIELDS {
            let mut seen = vec![false; field.order() + 1];
            let mut power = 1;
            for _ in 0..field.order() {
                assert!(power != 0 && !std::mem::replace(&mut seen[usize::from(power)], true));
                power = field.mul(power, 2);
            }
            assert_eq!(power, 1);
        }
    }

    #[test]
    fn products_agree_with_long_division() {
        for field in FIELDS {
            let size = 1_u32 << field.degree;
            for a in (0..size).step_by(7) {
                for b in (0..size).step_by(5) {
                    let mut product =
                        (0..11).fold(0, |sum, j| if b >> j & 1 == 1 { sum ^ (a << j) } else { sum });
                    for j in (field.degree..22).rev() {
                        if product >> j & 1 == 1 {
                            product ^= field.polynomial << (j - field.degree);
                        }
                    }
                    assert_eq!(u32::from(field.mul(a as Element, b as Element)), product, "{a} {b}");
                }
            }
        }
    }
}
