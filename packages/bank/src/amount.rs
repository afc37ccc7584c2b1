//! Amounts of bank money, in whole smallest units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::currency::{Currency, CurrencyError};

/// Most digits of an amount in ISO 20022, before and after the point together.
const MAX_DIGITS: usize = 18;
/// Most digits after the point in ISO 20022.
const MAX_DECIMALS: usize = 5;
/// Most smallest units: 18 digits.
const MAX_MINOR: u64 = 999_999_999_999_999_999;

/// An amount of bank money. As text it is `12.50 EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: u64,
    currency: Currency,
}

/// A text or number that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// It is no decimal number.
    #[error("{found:?} is no amount; expected digits with a point, such as 12.50")]
    Form {
        /// The text, cut off after 40 characters.
        found: String,
    },
    /// It has a part of the smallest unit.
    #[error("{found:?} has a part of the smallest unit of {currency}; expected at most {} decimals", currency.decimals())]
    Decimals {
        /// The text as it was given.
        found: String,
        /// The currency that it is in.
        currency: Currency,
    },
    /// It names no currency.
    #[error(transparent)]
    Currency(#[from] CurrencyError),
    /// It has more digits than messages take.
    #[error("{found:?} is more than messages take; expected at most {MAX_DIGITS} digits")]
    TooLarge {
        /// The text, cut off after 40 characters.
        found: String,
    },
}

impl Money {
    /// So many smallest units, such as cents.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] above 18 digits.
    pub fn new(minor: u64, currency: Currency) -> Result<Self, MoneyError> {
        if minor > MAX_MINOR {
            return Err(MoneyError::TooLarge { found: minor.to_string() });
        }
        Ok(Self { minor, currency })
    }

    /// Reads `12`, `12.5` or `12.50`. Zeros behind the smallest unit are read, as some banks write them; other digits there are not.
    ///
    /// # Errors
    /// [`MoneyError`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let found = || text.chars().take(40).collect();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let ends = part.is_empty() && text.contains('.');
        if whole.is_empty() || ends || !digits(whole) || !digits(part) || part.len() > MAX_DECIMALS {
            return Err(MoneyError::Form { found: found() });
        }
        if whole.len().saturating_add(part.len()) > MAX_DIGITS {
            return Err(MoneyError::TooLarge { found: found() });
        }
        let places = usize::from(currency.decimals());
        let (kept, beyond) = part.split_at_checked(places).unwrap_or((part, ""));
        if beyond.bytes().any(|byte| byte != b'0') {
            return Err(MoneyError::Decimals { found: found(), currency });
        }
        let minor = format!("{whole}{kept:0<places$}").parse();
        let minor = minor.map_err(|_| MoneyError::TooLarge { found: found() })?;
        Self::new(minor, currency)
    }

    /// Number of smallest units, such as cents.
    #[must_use]
    pub const fn minor(self) -> u64 {
        self.minor
    }

    /// What it is in.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount without its currency, with all decimals, as messages have it: `12.50`.
    #[must_use]
    pub fn digits(self) -> String {
        let places = usize::from(self.currency.decimals());
        let digits = format!("{:0>1$}", self.minor, places.saturating_add(1));
        match digits.split_at_checked(digits.len().saturating_sub(places)) {
            Some((whole, part)) if !part.is_empty() => format!("{whole}.{part}"),
            _ => digits,
        }
    }
}

/// As text it is `12.50 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digits(), self.currency)
    }
}

/// Reads `12.50 EUR` in any form that [`Money::parse`] takes.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (digits, currency) = text
            .split_once(' ')
            .ok_or_else(|| MoneyError::Form { found: text.chars().take(40).collect() })?;
        Self::parse(digits, currency.parse()?)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_are_whole_smallest_units() {
        for (text, code, minor, written) in [
            ("12.50", "EUR", 1_250, "12.50"),
            ("12.5", "EUR", 1_250, "12.50"),
            ("12", "EUR", 1_200, "12.00"),
            ("0.01", "EUR", 1, "0.01"),
            ("007.10000", "EUR", 710, "7.10"),
            ("1500", "JPY", 1_500, "1500"),
            ("1500.00", "JPY", 1_500, "1500"),
            ("1.234", "KWD", 1_234, "1.234"),
            ("0", "EUR", 0, "0.00"),
        ] {
            let money = Money::parse(text, of(code)).unwrap();
            assert_eq!((money.minor(), money.digits()), (minor, written.into()), "{text}");
        }
        let money = Money::new(5, of("EUR")).unwrap();
        assert_eq!((money.to_string(), "0.05 EUR".parse()), ("0.05 EUR".into(), Ok(money)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "0.000000", "١"] {
            assert!(matches!(Money::parse(text, of("EUR")), Err(MoneyError::Form { .. })), "{text}");
        }
        for (text, code) in [("0.001", "EUR"), ("1.5", "JPY"), ("1.00001", "EUR"), ("1.2345", "KWD")] {
            assert!(matches!(Money::parse(text, of(code)), Err(MoneyError::Decimals { .. })), "{text}");
        }
        for text in ["12.50", "12.50  EUR", "EUR 12.50", "12.50 XXX", "12.50 EUR "] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
        // 18 digits in a message; smallest units have 18 digits, too.
        for text in ["1234567890123456789", "12345678901234567.89", "99999999999999999"] {
            assert!(matches!(Money::parse(text, of("EUR")), Err(MoneyError::TooLarge { .. })), "{text}");
        }
        assert!(Money::new(MAX_MINOR, of("EUR")).is_ok() && Money::new(MAX_MINOR + 1, of("EUR")).is_err());
    }
}
