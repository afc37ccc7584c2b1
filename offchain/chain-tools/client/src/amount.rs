//! Amounts of tokens as people write them; all three have six decimals.

use bithive_economics::supply::UNIT;

const DECIMALS: usize = 6;

/// A text that is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is not a decimal number without a sign.
    #[error("{0:?} is not an amount; expected one like 12 or 12.5")]
    Form(String),
    /// It is below 0.
    #[error("{0} is below 0; expected an amount like 12 or 12.5")]
    Negative(String),
    /// It has more decimals than tokens have.
    #[error("{text:?} has {found} decimals; tokens have {DECIMALS}")]
    Decimals {
        /// The text that was given.
        text: String,
        /// Number of its decimals, more than 6.
        found: usize,
    },
    /// Its number of base units is 2^128 or more.
    #[error("{0} is more than there can ever be of any token; expected an amount like 12 or 12.5")]
    TooLarge(String),
}

/// Reads `12`, `12.5`, `0.000001` as base units.
///
/// # Errors
/// [`AmountError`].
pub fn parse(text: &str) -> Result<u128, AmountError> {
    if text.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && parse(rest).is_ok()) {
        return Err(AmountError::Negative(text.into()));
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || (part.is_empty() && text.contains('.')) {
        return Err(AmountError::Form(text.into()));
    }
    if part.len() > DECIMALS {
        return Err(AmountError::Decimals { text: text.into(), found: part.len() });
    }
    let too_large = || AmountError::TooLarge(text.into());
    let padded = format!("{part:0<DECIMALS$}");
    let (Ok(whole), Ok(part)) = (whole.parse::<u128>(), padded.parse::<u128>()) else {
        return Err(too_large());
    };
    whole.checked_mul(UNIT).and_then(|whole| whole.checked_add(part)).ok_or_else(too_large)
}

/// Writes an amount as [`parse`] reads it.
#[must_use]
pub fn digits(amount: u128) -> String {
    let (whole, part) = (amount / UNIT, amount % UNIT);
    match format!("{part:0DECIMALS$}").trim_end_matches('0') {
        "" => whole.to_string(),
        part => format!("{whole}.{part}"),
    }
}

/// Writes an amount of BTT with its unit, without trailing zeros.
#[must_use]
pub fn show(amount: u128) -> String {
    show_in(amount, "BTT")
}

/// Writes an amount of a token with its ticker, without trailing zeros.
#[must_use]
pub fn show_in(amount: u128, symbol: &str) -> String {
    let (whole, part) = (amount / UNIT, amount % UNIT);
    let grouped = group(&whole.to_string());
    match format!("{part:0DECIMALS$}").trim_end_matches('0') {
        "" => format!("{grouped} {symbol}"),
        part => format!("{grouped}.{part} {symbol}"),
    }
}

/// Digits with a comma before every three.
#[must_use]
pub fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back() {
        for (text, amount, shown) in [
            ("0", 0, "0 BTT"),
            ("12.5", 12_500_000, "12.5 BTT"),
            ("0.000001", 1, "0.000001 BTT"),
            ("1234567", 1_234_567_000_000, "1,234,567 BTT"),
        ] {
            assert_eq!(parse(text).unwrap(), amount);
            assert_eq!(digits(amount), text);
            assert_eq!(show(amount), shown);
            assert_eq!(show_in(amount, "BTK"), shown.replace("BTT", "BTK"));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in
            ["", "-1", "1.", ".5", "1e6", "1.0000001", "12 BTT", "999999999999999999999999999999999999999"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(parse("-1"), Err(AmountError::Negative("-1".into())));
        assert_eq!(parse("--1"), Err(AmountError::Form("--1".into())));
    }
}
