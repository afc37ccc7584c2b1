//! Unique identifiers of DICOM (PS3.5 section 9).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Most characters of a UID (PS3.5, 9.1).
const MOST: usize = 64;

/// A UID of PS3.5: digits and single full stops, at most 64 characters. Components that begin with a zero are taken: devices write them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uid(String);

/// A text is no UID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a UID: 1 to 64 digits and full stops, like 1.2.840.10008.1.1; found {found:?}")]
pub struct UidError {
    /// The text, cut off after 80 characters.
    pub found: String,
}

impl Uid {
    /// Reads a UID as data sets have it, with a space or a NUL that fills it up.
    ///
    /// # Errors
    /// [`UidError`].
    pub fn parse(text: &str) -> Result<Self, UidError> {
        let trimmed = text.trim_matches([' ', '\0']);
        let sound = trimmed.len() <= MOST
            && trimmed
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        if sound {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err(UidError { found: text.chars().take(80).collect() })
        }
    }

    /// Its text, without padding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uid {
    type Err = UidError;

    fn from_str(text: &str) -> Result<Self, UidError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Uid {
    type Error = UidError;

    fn try_from(text: String) -> Result<Self, UidError> {
        Self::parse(&text)
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> Self {
        uid.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_digits_and_single_full_stops() {
        for good in ["1", "1.2.840.10008.1.1", "2.25.0", "1.02.3", "1.2\0", "1.2 "] {
            assert!(Uid::parse(good).is_ok(), "{good:?}");
        }
        assert_eq!(Uid::parse("1.2\0").unwrap().as_str(), "1.2");
        let long = "1".repeat(65);
        for bad in ["", ".", "1.", ".1", "1..2", "1.a", "1/2", "../1", "１.2", "1.2\n", &long] {
            assert!(Uid::parse(bad).is_err(), "{bad:?}");
        }
    }
}
