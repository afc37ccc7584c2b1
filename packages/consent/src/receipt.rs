//! What a consent says.

use bithive_signed::{Digest, Name};
use serde::{Deserialize, Serialize};

use crate::ConsentError;

/// Most bytes of a file with a signed receipt.
pub const MAX_RECEIPT_BYTES: usize = 64 << 10;
/// Most readers that a receipt names.
pub const MAX_READERS: usize = 64;
/// Most purposes that a receipt names.
pub const MAX_PURPOSES: usize = 16;
/// Most digests of data.
pub const MAX_DATA: usize = 256;
/// Longest period, in seconds: ten years.
pub const MAX_SECONDS: u64 = 315_576_000;
/// The latest time: the end of the year 9999.
pub(crate) const MAX_TIME: u64 = 253_402_300_799;
/// What a data digest is derived for.
const DATA_CONTEXT: &str = "BitHive 2026 consent data v1";

/// A consent. Its fields are in the order of their names, as the canonical text has them. Lists are sorted, without repetition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Data that it is about: [`data_digest`] of each file.
    pub data: Vec<Digest>,
    /// End of its period, in seconds of the Unix epoch; it does not hold at this time any more.
    pub exp: u64,
    /// When it was given, in seconds of the Unix epoch.
    pub iat: u64,
    /// Address of the account that signs it: the subject's own, or that of whoever took the consent down, such as a hospital.
    pub issuer: Name,
    /// What this is: always `bithive-consent-1`.
    pub kind: ReceiptKind,
    /// Beginning of its period, in seconds of the Unix epoch.
    pub nbf: u64,
    /// What the data may be used for, as codes of HL7 v3 PurposeOfUse: `TREAT`, `HRESCH`, `ETREAT`, ...
    pub purposes: Vec<Name>,
    /// Who may use it: addresses of accounts or other pseudonyms.
    pub readers: Vec<Name>,
    /// 32 random bytes, which make the digest of the receipt tell nothing. Signed with the rest: one consent has one digest, so a
    /// revocation can't be escaped by another salt.
    pub salt: Digest,
    /// Pseudonym of whom the data is about.
    pub subject: Digest,
}

/// The one kind of receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReceiptKind {
    /// A receipt of the first version.
    #[serde(rename = "bithive-consent-1")]
    Consent1,
}

/// A receipt as somebody may have written it: the period may be missing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    data: Vec<Digest>,
    exp: Option<u64>,
    iat: u64,
    issuer: Name,
    kind: ReceiptKind,
    nbf: Option<u64>,
    purposes: Vec<Name>,
    readers: Vec<Name>,
    salt: Digest,
    subject: Digest,
}

/// What somebody wants to do with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// Who wants to read.
    pub reader: &'a Name,
    /// What it is wanted for.
    pub purpose: &'a Name,
    /// With what, as [`data_digest`]; none if that is not known yet.
    pub data: Option<Digest>,
    /// When, in seconds of the Unix epoch.
    pub now: u64,
}

/// The digest by which a receipt names data: BLAKE3 of the file's bytes, in its key derivation mode.
#[must_use]
pub fn data_digest(bytes: &[u8]) -> Digest {
    Digest(blake3::derive_key(DATA_CONTEXT, bytes))
}

impl Written {
    pub(crate) fn complete(self) -> Result<Receipt, ConsentError> {
        let Self { data, exp, iat, issuer, kind, nbf, purposes, readers, salt, subject } = self;
        let nbf = nbf.ok_or(ConsentError::NoPeriod { missing: "nbf" })?;
        let exp = exp.ok_or(ConsentError::NoPeriod { missing: "exp" })?;
        let receipt = Receipt { data, exp, iat, issuer, kind, nbf, purposes, readers, salt, subject };
        receipt.check()?;
        Ok(receipt)
    }
}

impl Receipt {
    /// Sorts the lists, and drops repetitions: the form in which a receipt is signed.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        fn sort<T: Ord>(list: &mut Vec<T>) {
            list.sort();
            list.dedup();
        }
        sort(&mut self.data);
        sort(&mut self.purposes);
        sort(&mut self.readers);
        self
    }

    /// Checks that it is a receipt, whoever signs it.
    ///
    /// # Errors
    /// [`ConsentError::Bounds`], [`ConsentError::Period`].
    pub fn check(&self) -> Result<(), ConsentError> {
        list("data", &self.data, MAX_DATA)?;
        list("purposes", &self.purposes, MAX_PURPOSES)?;
        list("readers", &self.readers, MAX_READERS)?;
        for (field, time) in [("iat", self.iat), ("nbf", self.nbf), ("exp", self.exp)] {
            if time > MAX_TIME {
                let expected = format!("seconds of the Unix epoch, at most {MAX_TIME}");
                return Err(ConsentError::Bounds { field, found: time.to_string(), expected });
            }
        }
        let (nbf, exp) = (self.nbf, self.exp);
        match exp.checked_sub(nbf) {
            Some(1..=MAX_SECONDS) => Ok(()),
            _ => Err(ConsentError::Period { nbf, exp, most: MAX_SECONDS }),
        }
    }

    /// Whether it covers a use; its signature and its revocation are not looked at here.
    pub(crate) fn covers(&self, wanted: &Use<'_>, skew: u64) -> Result<(), ConsentError> {
        let words = |names: &[Name]| names.iter().map(ToString::to_string).collect();
        let Use { reader, purpose, data, now } = wanted;
        if self.iat > now.saturating_add(skew) {
            return Err(ConsentError::FutureIat { iat: self.iat, now: *now });
        }
        if *now < self.nbf {
            return Err(ConsentError::NotYet { nbf: self.nbf, now: *now });
        }
        if *now >= self.exp {
            return Err(ConsentError::Expired { exp: self.exp, now: *now });
        }
        if !self.readers.contains(reader) {
            let permitted = words(&self.readers);
            return Err(ConsentError::WrongReader { found: reader.to_string(), permitted });
        }
        if !self.purposes.contains(purpose) {
            let permitted = words(&self.purposes);
            return Err(ConsentError::WrongPurpose { found: purpose.to_string(), permitted });
        }
        match data {
            Some(found) if !self.data.contains(found) => {
                Err(ConsentError::WrongData { found: *found, permitted: self.data.len() })
            }
            _ => Ok(()),
        }
    }
}

/// Checks a list: as long as it may be, sorted, nothing twice.
fn list<T: Ord>(field: &'static str, list: &[T], most: usize) -> Result<(), ConsentError> {
    let bounds = |found: String, expected: String| Err(ConsentError::Bounds { field, found, expected });
    if !(1..=most).contains(&list.len()) {
        return bounds(format!("a list of {}", list.len()), format!("1 to {most}"));
    }
    if !list.is_sorted_by(|one, next| one < next) {
        return bounds("not in order".into(), "a sorted list in which nothing is twice".into());
    }
    Ok(())
}
