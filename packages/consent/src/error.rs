//! What is wrong with a receipt, or with what somebody wants to do under it.

use bithive_signed::canonical::FormError;
use bithive_signed::{Digest, SignatureError};

/// Why a consent does not permit something. Times are in seconds of the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// It can't be read.
    #[error("the receipt: {0}")]
    Form(#[from] FormError),
    /// It is not signed as it has to be.
    #[error("the receipt: {0}")]
    Signature(#[from] SignatureError),
    /// Somebody else than the issuer has signed it.
    #[error("it is signed by {signer}; expected its issuer {issuer}")]
    Signer {
        /// Who has signed.
        signer: String,
        /// Who had to.
        issuer: String,
    },
    /// Nobody said that the issuer's consents count.
    #[error("its issuer {issuer} is not one whose consents count here; expected one of: {}", expected.join(", "))]
    Issuer {
        /// Who has given it.
        issuer: String,
        /// Whose consents count.
        expected: Vec<String>,
    },
    /// It does not say from when until when it holds.
    #[error("it has no period: {missing} is missing; a consent without an end is not accepted")]
    NoPeriod {
        /// `nbf` or `exp`.
        missing: &'static str,
    },
    /// Its period is empty, or longer than a consent may last.
    #[error(
        "its period is from {nbf} to {exp}; expected an end after the beginning, and at most {most} seconds"
    )]
    Period {
        /// Beginning of its period, in seconds of the Unix epoch.
        nbf: u64,
        /// End of its period, in seconds of the Unix epoch.
        exp: u64,
        /// Longest period of a consent, in seconds.
        most: u64,
    },
    /// A list or number is out of bounds.
    #[error("{field} is {found}; expected {expected}")]
    Bounds {
        /// Name of the field in the document.
        field: &'static str,
        /// What it says.
        found: String,
        /// What it may say.
        expected: String,
    },
    /// It says that it was given in the future.
    #[error("it says that it was given at {iat}; now it is {now}")]
    FutureIat {
        /// When it says that it was given.
        iat: u64,
        /// The time of the use.
        now: u64,
    },
    /// Its period has not begun.
    #[error("it does not hold yet: it begins at {nbf}, and now it is {now}")]
    NotYet {
        /// Beginning of its period.
        nbf: u64,
        /// The time of the use.
        now: u64,
    },
    /// Its period is over.
    #[error("it has expired: it held until {exp}, and now it is {now}; ask for a new one")]
    Expired {
        /// End of its period.
        exp: u64,
        /// The time of the use.
        now: u64,
    },
    /// It is for somebody else.
    #[error("it does not permit {found} to read; it permits: {}", permitted.join(", "))]
    WrongReader {
        /// Who wants to read.
        found: String,
        /// Names of those who may read.
        permitted: Vec<String>,
    },
    /// It is for something else.
    #[error("it does not permit the purpose {found}; it permits: {}", permitted.join(", "))]
    WrongPurpose {
        /// What it is wanted for.
        found: String,
        /// What it may be used for.
        permitted: Vec<String>,
    },
    /// It is about other data.
    #[error("it is about other data: {found} is not among the {permitted} digests that it names")]
    WrongData {
        /// The data that is to be used.
        found: Digest,
        /// Of how much it is.
        permitted: usize,
    },
    /// It was withdrawn.
    #[error("it was withdrawn: {digest} is on the list of revocations of {iat}")]
    Revoked {
        /// Digest of the consent.
        digest: Digest,
        /// Time of the list.
        iat: u64,
    },
}

impl ConsentError {
    /// One word for the kind, for programs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Form(_) => "form",
            Self::Signature(_) => "signature",
            Self::Signer { .. } => "signer",
            Self::Issuer { .. } => "issuer",
            Self::NoPeriod { .. } => "no-period",
            Self::Period { .. } => "period",
            Self::Bounds { .. } => "bounds",
            Self::FutureIat { .. } => "future-iat",
            Self::NotYet { .. } => "not-yet",
            Self::Expired { .. } => "expired",
            Self::WrongReader { .. } => "wrong-reader",
            Self::WrongPurpose { .. } => "wrong-purpose",
            Self::WrongData { .. } => "wrong-data",
            Self::Revoked { .. } => "revoked",
        }
    }
}
