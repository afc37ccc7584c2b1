//! Credit, in millionths of a cobblestone.

use std::fmt;
use std::str::FromStr;

use crate::error::Fault;
use crate::limits::MAX_CREDIT;

/// Digits behind the point that are kept; exports write as many.
const DIGITS: usize = 6;
const UNIT: u128 = 1_000_000;

/// Credit of a project, from 0 to [`MAX_CREDIT`] cobblestones, in millionths. Read from decimal digits, without floating
/// point: what is paid for it has to be the same on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credit(u128);

impl Credit {
    /// Whole cobblestones; none beyond [`MAX_CREDIT`].
    #[must_use]
    pub fn from_whole(cobblestones: u64) -> Option<Self> {
        (cobblestones <= MAX_CREDIT).then(|| Self(u128::from(cobblestones).saturating_mul(UNIT)))
    }

    /// Millionths of a cobblestone; none beyond [`MAX_CREDIT`] cobblestones.
    #[must_use]
    pub fn from_millionths(millionths: u128) -> Option<Self> {
        (millionths <= u128::from(MAX_CREDIT).saturating_mul(UNIT)).then_some(Self(millionths))
    }

    /// Whole cobblestones, rounded down.
    #[must_use]
    pub fn whole(self) -> u64 {
        // Can't saturate: at most `MAX_CREDIT`.
        u64::try_from(self.0 / UNIT).unwrap_or(u64::MAX)
    }

    /// Millionths of a cobblestone.
    #[must_use]
    pub const fn millionths(self) -> u128 {
        self.0
    }

    /// What this is more than `other`; none if it is less.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl FromStr for Credit {
    type Err = Fault;

    /// Reads decimal digits with at most one point, like `1234.567890`. Digits beyond the sixth behind the point are dropped:
    /// it is rounded down. No sign, exponent or other notation is taken.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let refused = || Fault::Credit { found: text.chars().take(40).collect() };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
            return Err(refused());
        }
        // Too large for 64 bits is too large.
        let whole: u64 = whole.parse().map_err(|_| refused())?;
        if whole > MAX_CREDIT {
            return Err(refused());
        }
        let mut millionths: u128 = 0;
        let padded = fraction.bytes().chain(std::iter::repeat(b'0'));
        for digit in padded.take(DIGITS) {
            let value = u128::from(digit.saturating_sub(b'0'));
            millionths = millionths.saturating_mul(10).saturating_add(value);
        }
        let total = u128::from(whole).saturating_mul(UNIT).saturating_add(millionths);
        if total > u128::from(MAX_CREDIT).saturating_mul(UNIT) {
            return Err(refused());
        }
        Ok(Self(total))
    }
}

impl fmt::Display for Credit {
    /// As exports write it: six digits behind the point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / UNIT, self.0 % UNIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<u128> {
        text.parse::<Credit>().ok().map(Credit::millionths)
    }

    #[test]
    fn digits_are_read_exactly_and_rounded_down() {
        assert_eq!(read("1234.567890"), Some(1_234_567_890));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("0.0000019"), Some(1), "rounded down");
        assert_eq!(read("7.5"), Some(7_500_000));
        // 0.1 + 0.2 of floating point is not 0.3.
        assert_eq!(read("0.1").unwrap() + read("0.2").unwrap(), read("0.3").unwrap());
        // Beyond the 53 bits of a double.
        assert_eq!(read("999999999999999.000001"), Some(999_999_999_999_999_000_001));
    }

    #[test]
    fn what_is_no_amount_of_credit_is_refused() {
        let huge = "9".repeat(400);
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e9",
            "nan",
            "inf",
            "0x10",
            "1,5",
            " 1",
            "1 ",
            "1.2.3",
            "١",
            "1000000000000001",
            "1000000000000000.000001",
            "18446744073709551616",
            &huge,
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        let most = Credit::from_whole(MAX_CREDIT).unwrap();
        assert_eq!(most.to_string().parse::<Credit>().unwrap(), most);
        assert_eq!(Credit::from_whole(MAX_CREDIT + 1), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(whole in 0..MAX_CREDIT, part in 0u32..1_000_000) {
            let text = format!("{whole}.{part:06}");
            let credit: Credit = text.parse().unwrap();
            prop_assert_eq!(credit.to_string(), text);
            prop_assert_eq!(credit.whole(), whole);
            prop_assert_eq!(Credit::from_millionths(credit.millionths()), Some(credit));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _: Result<Credit, _> = text.parse();
        }
    }
}
