//! Pseudonyms and codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A pseudonym or a code: 1 to 128 of `A-Z a-z 0-9 . _ : / -`, the first one a letter or digit.
///
/// There is no room for a person's name or an e-mail address, and nothing that a terminal, a spreadsheet or a web page would
/// take for something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// A text that is no [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no pseudonym or code; expected 1 to {} of A-Z a-z 0-9 . _ : / - that begin with a letter or digit: an address or a code, never \
     the name of a person",
    Name::MAX
)]
pub struct NameError {
    /// The text, cut to what is shown.
    pub found: String,
}

impl Name {
    /// Most characters of a name.
    pub const MAX: usize = 128;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let sound = text.len() <= Self::MAX
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte));
        if sound { Ok(Self(text.into())) } else { Err(NameError { found: text.chars().take(40).collect() }) }
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_room_for_people_spreadsheets_or_terminals() {
        for good in ["bithive1qq", "did:key:z6Mk", "TREAT", "a", "9", "emergency.code-2/x_y"] {
            assert_eq!(good.parse::<Name>().unwrap().as_str(), good);
        }
        let long = "a".repeat(129);
        for bad in ["", "Ann Other", "ann@example.org", "=1+1", "-x", "a\u{1b}[2J", "é", "a,b", "a\"b", &long]
        {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }
}
