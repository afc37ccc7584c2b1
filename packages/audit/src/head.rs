//! Heads: what has to be known from outside to notice that the end of a log was cut off, or all of it written anew.

use bithive_signed::{Digest, SignatureError, Signed};
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::event::MAX_AT;

/// Most bytes of a file with a signed head.
const MAX_BYTES: usize = 4_096;

/// The last entry of a log at some time.
///
/// The words of the statement that is signed; `kind` keeps a signature over a head from being taken for one over something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// When the entry was written, in milliseconds of the Unix epoch.
    pub at: u64,
    /// The digest of the entry.
    pub digest: Digest,
    /// What this is: always `bithive-audit-head-1`.
    pub kind: Kind,
    /// Identity of the log.
    pub log: Digest,
    /// Number of the entry.
    pub seq: u64,
}

/// The one kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A head of the first version.
    #[serde(rename = "bithive-audit-head-1")]
    Head1,
}

/// A head that an account has signed.
pub type SignedHead = Signed<Head>;

/// Why a file is no signed head.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// It can't be read.
    #[error(transparent)]
    Form(#[from] bithive_signed::canonical::FormError),
    /// Nobody, or somebody else, has signed it.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A number is out of bounds.
    #[error("{field} is {found}; expected {expected}")]
    Bounds {
        /// Name of the field: `at` or `seq`.
        field: &'static str,
        /// What it says.
        found: u64,
        /// What it may say.
        expected: &'static str,
    },
}

impl Head {
    /// The head that an entry is.
    #[must_use]
    pub const fn of(entry: &Entry, log: Digest) -> Self {
        Self { at: entry.event.at, digest: entry.digest, kind: Kind::Head1, log, seq: entry.seq }
    }

    /// Reads a file with a signed head, and checks the signature; returns the address of who has signed it. Whether that account is one to
    /// be believed is the caller's to say.
    ///
    /// # Errors
    /// [`HeadError`].
    pub fn read(bytes: &[u8]) -> Result<(Self, String), HeadError> {
        let signed: SignedHead = bithive_signed::canonical::decode(bytes, MAX_BYTES)?;
        let signer = signed.check()?.to_owned();
        let Self { at, seq, .. } = signed.document;
        if at > MAX_AT {
            return Err(HeadError::Bounds {
                field: "at",
                found: at,
                expected: "a time before the year 10000",
            });
        }
        // Larger numbers have more than one form in JSON.
        if !(1..1 << 53).contains(&seq) {
            return Err(HeadError::Bounds { field: "seq", found: seq, expected: "1 to 2^53 - 1" });
        }
        Ok((signed.document, signer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_of_one_form_and_nothing_else_is_taken_for_one() {
        let head = Head { at: 5, digest: Digest([1; 32]), kind: Kind::Head1, log: Digest([2; 32]), seq: 3 };
        let text = bithive_signed::canonical::encode(&head).unwrap();
        assert!(text.starts_with("{\"at\":5,\"digest\":\"0101"), "{text}");
        let other = text.replace("bithive-audit-head-1", "bithive-consent-1");
        assert!(bithive_signed::canonical::decode::<Head>(other.as_bytes(), MAX_BYTES).is_err());
        assert!(matches!(Head::read(text.as_bytes()), Err(HeadError::Form(_))), "it is not signed");
        assert!(matches!(Head::read(&[b' '; MAX_BYTES + 1]), Err(HeadError::Form(_))));
    }
}
