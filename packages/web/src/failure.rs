//! What a page learns when something fails.

use core::fmt::Display;

/// What a failure is about. The page tells them apart by [`Kind::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An argument of a wrong length or range.
    Argument,
    /// No random numbers.
    Random,
    /// No valid schema.
    Schema,
    /// A policy that does not fit the schema, or costs too much.
    Policy,
    /// Something of another epoch.
    Epoch,
    /// A table or an answer of the committee that is malformed or wrong, or too few of them.
    Committee,
    /// Tags that the vault can't be sealed with.
    Vault,
    /// A claim that can't be used.
    Claim,
    /// A common reference string that is damaged or not the chain's.
    ReferenceString,
    /// A public key that can't be used.
    Key,
    /// A set that can't be addressed.
    Set,
    /// No table of numbers.
    Table,
    /// An input that can't be sealed.
    Payload,
    /// An output that can't be used.
    Output,
    /// A statement that its signature does not attest.
    Statement,
    /// A record that does not open.
    Record,
}

impl Kind {
    /// The kind in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Random => "random",
            Self::Schema => "schema",
            Self::Policy => "policy",
            Self::Epoch => "epoch",
            Self::Committee => "committee",
            Self::Vault => "vault",
            Self::Claim => "claim",
            Self::ReferenceString => "reference_string",
            Self::Key => "key",
            Self::Set => "set",
            Self::Table => "table",
            Self::Payload => "payload",
            Self::Output => "output",
            Self::Statement => "statement",
            Self::Record => "record",
        }
    }

    /// What the person at the page can do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Argument => "This is a mistake of the page. Reload it, and report it if it happens again.",
            Self::Random => "Use a current browser, and open the page from a secure address.",
            Self::Schema => "Load the schema that the network uses.",
            Self::Policy => "Change the policy as the message says.",
            Self::Epoch => "The committee's epoch has changed. Ask the committee again; nothing was spent.",
            Self::Committee => "Wait for more members' answers, or ask the committee again.",
            Self::Vault => "Ask the committee again for this policy.",
            Self::Claim => "Leave this claim out. Other claims are not concerned.",
            Self::ReferenceString => {
                "Load the reference string again; if it stays wrong, use another server."
            }
            Self::Key => "Choose another node in place of this one.",
            Self::Set => "Choose the nodes again.",
            Self::Table => "Correct the file as the message says.",
            Self::Payload => "Begin the assignment again, with fewer rows if there are too many.",
            Self::Output => "Ask another worker of the quorum for its output.",
            Self::Statement => {
                "Do not rely on this attestation. Load the job again, from another server if you can."
            }
            Self::Record => "Open it with the key that it was sealed with, or begin anew.",
        }
    }

    /// A failure of this kind.
    pub(crate) fn failure(self, reason: impl Display) -> Failure {
        Failure { kind: self, message: reason.to_string(), column: None }
    }

    /// Makes an error a failure of this kind, for `map_err`.
    pub(crate) fn because<E: Display>(self) -> impl FnOnce(E) -> Failure {
        move |reason| self.failure(reason)
    }
}

/// Why a call failed. It carries no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What it is about.
    pub kind: Kind,
    /// What was wrong, and what is expected.
    pub message: String,
    /// Where a policy's text is wrong: characters from 1.
    pub column: Option<usize>,
}

/// Bytes of a fixed length.
pub(crate) fn sized<const N: usize>(what: &str, bytes: &[u8]) -> Result<[u8; N], Failure> {
    let length = |_| Kind::Argument.failure(format!("{what} has {} bytes; expected {N}", bytes.len()));
    bytes.try_into().map_err(length)
}

/// A list of things of a fixed length, one behind the other.
pub(crate) fn list_of<'a, const N: usize>(what: &str, bytes: &'a [u8]) -> Result<&'a [[u8; N]], Failure> {
    match bytes.as_chunks::<N>() {
        (list, []) => Ok(list),
        _ => {
            let found = bytes.len();
            Err(Kind::Argument.failure(format!("{what} have {found} bytes; expected a multiple of {N}")))
        }
    }
}
