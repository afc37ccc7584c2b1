//! Consents that were withdrawn, as a list that their issuer signs.

use bithive_signed::canonical;
use bithive_signed::{Digest, Name, Signed};
use serde::{Deserialize, Serialize};

use crate::ConsentError;
use crate::receipt::MAX_TIME;

/// Most bytes of a file with a signed list.
pub const MAX_REVOCATION_BYTES: usize = 1 << 20;
/// Most consents on a list.
pub const MAX_REVOKED: usize = 10_000;

/// Consents of one issuer that do not hold any more.
///
/// A list is as new as whoever shows it wants it to be: nobody is made to show the newest one, and who was never given one knows of no
/// revocation. What data was already used for under the consent is not undone. A chain does better ([`crate::grant`]): everybody sees the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocations {
    /// When it was made, in seconds of the Unix epoch.
    pub iat: u64,
    /// Address of the account that signs it: the issuer of the consents.
    pub issuer: Name,
    /// What this is: always `bithive-consent-revocations-1`.
    pub kind: RevocationsKind,
    /// Digests of the receipts, sorted, without repetition.
    pub revoked: Vec<Digest>,
}

/// The one kind of list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RevocationsKind {
    /// A list of the first version.
    #[serde(rename = "bithive-consent-revocations-1")]
    Revocations1,
}

/// A list with its signature.
pub type SignedRevocations = Signed<Revocations>;

impl Revocations {
    /// Whether a receipt is on it.
    #[must_use]
    pub fn names(&self, digest: &Digest) -> bool {
        self.revoked.binary_search(digest).is_ok()
    }
}

/// Reads a file with a signed list, and checks that its issuer has signed it.
///
/// # Errors
/// [`ConsentError`].
pub fn read_revocations(bytes: &[u8]) -> Result<SignedRevocations, ConsentError> {
    let signed: SignedRevocations = canonical::decode(bytes, MAX_REVOCATION_BYTES)?;
    let list = &signed.document;
    let bounds = |found: &str, expected: String| ConsentError::Bounds {
        field: "revoked",
        found: found.into(),
        expected,
    };
    if list.iat > MAX_TIME {
        let expected = format!("seconds of the Unix epoch, at most {MAX_TIME}");
        return Err(ConsentError::Bounds { field: "iat", found: list.iat.to_string(), expected });
    }
    if list.revoked.len() > MAX_REVOKED {
        return Err(bounds(&format!("a list of {}", list.revoked.len()), format!("at most {MAX_REVOKED}")));
    }
    if !list.revoked.is_sorted_by(|one, next| one < next) {
        return Err(bounds("not in order", "a sorted list in which nothing is twice".into()));
    }
    let signer = signed.check()?.to_owned();
    if signer != list.issuer.as_str() {
        return Err(ConsentError::Signer { signer, issuer: list.issuer.to_string() });
    }
    Ok(signed)
}
