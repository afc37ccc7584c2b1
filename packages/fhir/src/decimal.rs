//! Decimals as they are written: 1.50 is another measurement than 1.5, and the same number.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::json::Json;

/// A decimal with the digits that it was written with. Two are equal if they are written alike; [`Decimal::compare`] compares the
/// numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(Cow<'static, str>);

impl Decimal {
    /// The number 0, without decimal places.
    pub const ZERO: Self = Self(Cow::Borrowed("0"));

    /// Reads a decimal: digits, a point, an exponent, as in JSON. None for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        (number && is_grammar(text)).then(|| Self(text.to_owned().into()))
    }

    /// The decimal that shows a value of single precision; none of what is not finite.
    #[must_use]
    pub fn from_f32(value: f32) -> Option<Self> {
        value.is_finite().then(|| Self(format!("{value}").into()))
    }

    /// A whole number that counts something.
    #[must_use]
    pub fn of_count(count: usize) -> Self {
        Self(count.to_string().into())
    }

    /// The digits, as they are written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares the numbers, exactly, whatever their exponents are.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        let (own, others) = (Parts::of(&self.0), Parts::of(&other.0));
        match (own.sign(), others.sign()) {
            (own_sign, other_sign) if own_sign != other_sign => own_sign.cmp(&other_sign),
            (0, _) => Ordering::Equal,
            (sign, _) => {
                let larger =
                    own.magnitude.cmp(&others.magnitude).then_with(|| own.digits.cmp(&others.digits));
                if sign < 0 { larger.reverse() } else { larger }
            }
        }
    }
}

impl From<Decimal> for Json {
    fn from(decimal: Decimal) -> Self {
        Self::Number(decimal.0.into_owned())
    }
}

/// The grammar of JSON numbers, whose exponent may be beyond what a float has.
fn is_grammar(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok_and(|raw| raw.get() == text)
}

/// 0.digits times ten to the power of `magnitude`; no digits for zero.
struct Parts {
    negative: bool,
    digits: String,
    magnitude: i128,
}

impl Parts {
    fn of(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole, fraction].concat();
        let digits = all.trim_start_matches('0');
        let leading = all.len().saturating_sub(digits.len());
        let exponent =
            exponent.parse::<i128>().unwrap_or(if exponent.starts_with('-') { i128::MIN } else { i128::MAX });
        let places = i128::try_from(whole.len())
            .unwrap_or(i128::MAX)
            .saturating_sub(i128::try_from(leading).unwrap_or(i128::MAX));
        Self {
            negative,
            digits: digits.trim_end_matches('0').to_owned(),
            magnitude: places.saturating_add(exponent),
        }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn the_same_number_can_be_written_in_two_ways() {
        assert_ne!(decimal("1.50"), decimal("1.5"));
        for (one, other) in
            [("1.50", "1.5"), ("0", "-0.00"), ("1e2", "100"), ("0.01E+4", "1e2"), ("0e99999999999", "0")]
        {
            assert_eq!(decimal(one).compare(&decimal(other)), Ordering::Equal, "{one} {other}");
        }
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        let ascending = [
            "-1e400",
            "-2",
            "-1.5",
            "-1.4999",
            "-1e-400",
            "0",
            "1e-400",
            "0.5",
            "0.51",
            "9",
            "10",
            "1e400",
            "1e99999999999",
        ];
        for (index, small) in ascending.iter().enumerate() {
            for large in ascending.iter().skip(index).skip(1) {
                assert_eq!(decimal(small).compare(&decimal(large)), Ordering::Less, "{small} {large}");
                assert_eq!(decimal(large).compare(&decimal(small)), Ordering::Greater, "{large} {small}");
            }
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", "1.", ".5", "+1", "01", "1e", "NaN", "1 ", " 1", "0x1", "--1", "true"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(Decimal::from_f32(f32::NAN), None);
        assert_eq!(Decimal::from_f32(0.1).unwrap().as_str(), "0.1");
    }
}
