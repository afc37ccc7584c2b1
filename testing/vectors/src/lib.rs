//! Published test vectors, as `testing/vectors` has them; see `README.md` there.
//!
//! A file is a list of cases, and a case is an object. What a case lacks is an empty value, so that a wrong name makes a
//! test fail by what it computes; tests count their cases.

use serde_json::Value;

/// Reads the cases of a file, which `include_str!` gives.
#[must_use]
pub fn cases(file: &str) -> Vec<Case> {
    serde_json::from_str::<Vec<Value>>(file).unwrap_or_default().into_iter().map(Case).collect()
}

/// A case of a file, an object in JSON.
pub struct Case(Value);

impl Case {
    /// The bytes that a field has in hex.
    #[must_use]
    pub fn bytes(&self, field: &str) -> Vec<u8> {
        hex::decode(self.text(field)).unwrap_or_default()
    }

    /// As [`Self::bytes`], of one length; `None` for every other.
    #[must_use]
    pub fn array<const N: usize>(&self, field: &str) -> Option<[u8; N]> {
        self.bytes(field).try_into().ok()
    }

    /// The text of a field.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    /// The number in a field.
    #[must_use]
    pub fn number(&self, field: &str) -> usize {
        self.0[field].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
    }

    /// Whether the case has the field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some()
    }

    /// Whether Wycheproof says that it holds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.text("result") == "valid"
    }

    /// Whether Wycheproof gives it this flag.
    #[must_use]
    pub fn is(&self, flag: &str) -> bool {
        self.0["flags"].as_array().is_some_and(|flags| flags.iter().any(|one| one == flag))
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
