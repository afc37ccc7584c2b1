//! Who pays or is paid, as banks know it.

use serde::{Deserialize, Serialize};

use crate::iban::Iban;

/// Most characters of a name.
const MAX_NAME: usize = 70;
/// Marks that every bank of SEPA passes on in names, besides letters of English, digits and blanks. Source: EPC217-08.
const MARKS: &str = "/-?:().,'+ ";

/// Who holds an account, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Fields")]
pub struct Party {
    name: String,
    iban: Iban,
    #[serde(skip_serializing_if = "Option::is_none")]
    bic: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    name: String,
    iban: Iban,
    bic: Option<String>,
}

impl TryFrom<Fields> for Party {
    type Error = PartyError;

    fn try_from(Fields { name, iban, bic }: Fields) -> Result<Self, PartyError> {
        Self::new(name, iban, bic)
    }
}

/// A text that is no name or no code of a bank.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// It is empty, too long, or has characters that not every bank passes on.
    #[error(
        "the name {found:?} is not one that every bank passes on; expected 1 to {MAX_NAME} of a-z, A-Z, 0-9, blanks and {MARKS:?}"
    )]
    Name {
        /// The text, cut off after 80 characters.
        found: String,
    },
    /// It is no BIC.
    #[error("{found:?} is no BIC; expected 8 or 11 letters and digits, such as MARKDEFF")]
    Bic {
        /// The text, cut off after 40 characters.
        found: String,
    },
}

impl Party {
    /// A holder of an account, with the BIC of its bank, which SEPA does not need.
    ///
    /// # Errors
    /// [`PartyError`].
    pub fn new(name: String, iban: Iban, bic: Option<String>) -> Result<Self, PartyError> {
        let allowed = |character: char| character.is_ascii_alphanumeric() || MARKS.contains(character);
        let holds = (1..=MAX_NAME).contains(&name.len()) && name.chars().all(allowed) && name.trim() == name;
        if !holds {
            return Err(PartyError::Name { found: name.chars().take(80).collect() });
        }
        if let Some(bic) = bic.as_deref().filter(|bic| !is_bic(bic)) {
            return Err(PartyError::Bic { found: bic.chars().take(40).collect() });
        }
        Ok(Self { name, iban, bic })
    }

    /// Its name, as the bank writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of its account.
    #[must_use]
    pub const fn iban(&self) -> &Iban {
        &self.iban
    }

    /// BIC of its bank, if given.
    #[must_use]
    pub fn bic(&self) -> Option<&str> {
        self.bic.as_deref()
    }
}

/// Whether a text is a BIC of ISO 9362: four letters or digits, two letters of a country, two or five letters or digits.
fn is_bic(text: &str) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let country = text.as_bytes().get(4..6).is_some_and(|country| country.iter().all(u8::is_ascii_uppercase));
    matches!(text.len(), 8 | 11) && country && text.as_bytes().iter().all(upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_what_every_bank_passes_on() {
        let iban = || "DE89370400440532013000".parse::<Iban>().unwrap();
        let party = |name: &str, bic: Option<&str>| Party::new(name.into(), iban(), bic.map(Into::into));
        assert!(party("O'Neil, A. (and Sons)", Some("MARKDEFF")).is_ok());
        assert!(party("A", Some("MARKDEFFXXX")).is_ok());
        for name in ["", " A", "A ", "Müller", "A<B", "A&B", "A\n", &"A".repeat(71)] {
            assert!(matches!(party(name, None), Err(PartyError::Name { .. })), "{name:?}");
        }
        for bic in ["", "MARKDEF", "markdeff", "MARK12FF", "MARKDEFFXX", "MÄRKDEF"] {
            assert!(matches!(party("A", Some(bic)), Err(PartyError::Bic { .. })), "{bic:?}");
        }
        let text = r#"{"name":" ","iban":"DE89370400440532013000"}"#;
        assert!(serde_json::from_str::<Party>(text).is_err(), "what is read is checked as well");
    }
}
