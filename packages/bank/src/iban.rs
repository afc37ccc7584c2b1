//! Numbers of bank accounts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Countries of the IBAN registry (ISO 13616) and the length of their numbers, and ZZ: ISO 3166 gives that code to no country, so a number of
/// it belongs to no bank. Simulated banks have those.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 \
                       FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 \
                       LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 \
                       SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 ZZ20";
/// The code of no country.
const SIMULATED: &str = "ZZ";
/// Most characters of a number.
const MAX: usize = 34;

/// Number of a bank account (IBAN, ISO 13616), whose check digits hold. As text it has no blanks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban(String);

/// A text that is no account number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// It has other characters, or its country is not in the registry.
    #[error("{found:?} is no IBAN; expected two letters of a country, two digits, and letters or digits")]
    Form {
        /// The text, cut off after 40 characters.
        found: String,
    },
    /// It is longer or shorter than those of its country.
    #[error("the IBAN {found} has {length} characters; expected {expected}, as all of its country have")]
    Length {
        /// The text as it was given.
        found: String,
        /// Number of its characters.
        length: usize,
        /// How many those of the country have.
        expected: usize,
    },
    /// Its check digits are of another number: a digit is wrong or missing.
    #[error("the check digits of the IBAN {found} do not hold; compare it with where it comes from")]
    Check {
        /// The text as it was given.
        found: String,
    },
}

impl Iban {
    /// An account of a simulated bank, by a number of its own. No real account has it.
    ///
    /// # Errors
    /// [`IbanError::Form`] for a number of more than 12 digits.
    pub fn simulated(number: u64) -> Result<Self, IbanError> {
        let account = format!("SIMU{number:012}");
        let remainder = remainder(&format!("{account}{SIMULATED}00")).unwrap_or_default();
        format!("{SIMULATED}{:02}{account}", 98u32.saturating_sub(remainder)).parse()
    }

    /// Whether it is an account of a simulated bank, in which there is no money.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.0.starts_with(SIMULATED)
    }

    /// The number without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The remainder by 97 of the number that ISO 7064 makes of a text: letters are two digits, A is 10. None for other characters.
fn remainder(text: &str) -> Option<u32> {
    text.chars().try_fold(0u32, |rest, character| {
        let value = character.to_digit(36)?;
        let factor = if value < 10 { 10 } else { 100 };
        rest.checked_mul(factor)?.checked_add(value)?.checked_rem(97)
    })
}

/// Reads a number with or without blanks between its characters, as people write it.
impl FromStr for Iban {
    type Err = IbanError;

    fn from_str(text: &str) -> Result<Self, IbanError> {
        let form = || IbanError::Form { found: text.chars().take(40).collect() };
        let found: String =
            text.chars().filter(|character| *character != ' ').take(MAX.saturating_add(1)).collect();
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if !found.bytes().all(allowed) {
            return Err(form());
        }
        let (head, rest) = found.split_at_checked(4).ok_or_else(form)?;
        let (country, check) = head.split_at_checked(2).ok_or_else(form)?;
        let expected = LENGTHS.split(' ').find_map(|entry| entry.strip_prefix(country)).ok_or_else(form)?;
        let expected = expected.parse::<usize>().map_err(|_| form())?;
        if country.len() != 2 || !check.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(form());
        }
        if found.len() != expected {
            let length = found.len();
            return Err(IbanError::Length { found, length, expected });
        }
        if remainder(&format!("{rest}{head}")) != Some(1) {
            return Err(IbanError::Check { found });
        }
        Ok(Self(found))
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Iban {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Iban {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_registry_are_read() {
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "FR1420041010050500013M02606",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            let iban: Iban = text.parse().unwrap();
            assert_eq!(iban.to_string(), text.replace(' ', ""));
            assert!(!iban.is_simulated());
        }
    }

    #[test]
    fn a_wrong_digit_two_that_changed_places_and_a_missing_one_are_found() {
        let right = "DE89370400440532013000";
        for place in 2..right.len() {
            let mut wrong: Vec<u8> = right.into();
            wrong[place] = if wrong[place] == b'9' { b'0' } else { wrong[place] + 1 };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(matches!(wrong.parse::<Iban>(), Err(IbanError::Check { .. })), "{wrong}");
        }
        assert!(matches!("DE89730400440532013000".parse::<Iban>(), Err(IbanError::Check { .. })));
        assert!(matches!(
            "DE8937040044053201300".parse::<Iban>(),
            Err(IbanError::Length { length: 21, expected: 22, .. })
        ));
        for bad in [
            "",
            "DE",
            "D€89370400440532013000",
            "de89370400440532013000",
            "XX89370400440532013000",
            "DEAA370400440532013000",
        ] {
            assert!(matches!(bad.parse::<Iban>(), Err(IbanError::Form { .. })), "{bad}");
        }
    }

    #[test]
    fn accounts_of_simulated_banks_are_marked_and_their_check_digits_hold() {
        for number in [0, 1, 97, 999_999_999_999] {
            let iban = Iban::simulated(number).unwrap();
            assert!(iban.is_simulated() && iban.as_str().parse() == Ok(iban.clone()), "{iban}");
        }
        assert!(Iban::simulated(1_000_000_000_000).is_err());
    }
}
