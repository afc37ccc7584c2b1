//! What can go wrong in a node.

use bithive_attest::bls::BlsError;
use bithive_attest::result::ResultError;
use bithive_audit_log::AuditLogError;
use bithive_blindmatch::DecodeError;
use bithive_blindmatch::claim::ClaimError;
use bithive_blindmatch::vault::VaultError;
use bithive_chain::ChainError;
use bithive_client::{GrantError, GroupError};
use bithive_committee::ServiceError;
use bithive_curve::DecodeError as PointError;
use bithive_dgkbe::SlotError;
use bithive_dgkbe::dem::DemError;
use bithive_dgkbe::envelope::EnvelopeError;
use bithive_dgkbe::format::FormatError;
use bithive_dgkbe::kem::{HeaderError, KemError};
use bithive_dgkbe::keys::KeyError;
use bithive_exchange::ExchangeError;
use bithive_payload::{PayloadError, ReadError};
use bithive_state::StateError;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The chain refused or did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The broadcast group is not known.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The subject of the data does not permit its use, or not any more: the job is not worked on.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// A peer did not answer, or content is missing.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// Own records can't be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The audit log can't be written, so nothing is decrypted.
    #[error(transparent)]
    Audit(#[from] AuditLogError),
    /// The committee did not give tags.
    #[error(transparent)]
    Committee(#[from] ServiceError),
    /// A vault or claim is malformed.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A vault can't be tried.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A claim can't be sealed.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The mask on chain is malformed.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The header is malformed.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The keys do not fit the set.
    #[error(transparent)]
    Kem(#[from] KemError),
    /// The input does not open.
    #[error(transparent)]
    Dem(#[from] DemError),
    /// Header or input do not open.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A public key is malformed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A point is malformed.
    #[error(transparent)]
    Point(#[from] PointError),
    /// Input or output are malformed.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// What was decrypted is not an input, or is too long.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The result can't be published.
    #[error(transparent)]
    Result(#[from] ResultError),
    /// A BLS key or signature is malformed.
    #[error(transparent)]
    Bls(#[from] BlsError),
    /// The model did not run.
    #[error("the model did not run: {0}")]
    Compute(String),
    /// What arrived is not what the chain says.
    #[error("{what} is not valid: {reason}")]
    Mismatch {
        /// What was compared, in words.
        what: &'static str,
        /// Why it is refused.
        reason: String,
    },
    /// Something else was signed for the round before: signing this would be a second result.
    #[error("another {what} was signed for round {round} of job {job_id}; this one is refused")]
    OtherResult {
        /// `commitment` or `statement`.
        what: &'static str,
        /// Number of the job.
        job_id: u64,
        /// Round of the job, from 1.
        round: u8,
    },
    /// A signature of a job of which the guard has forgotten what was signed.
    #[error("job {job_id} ended so long ago that its records were removed; nothing of it is signed again")]
    Forgotten {
        /// Number of the job.
        job_id: u64,
    },
    /// A result that can't be there in time.
    #[error(
        "its result can't be there before the window for commitments ends, so the job is dropped, which costs no bond; \
         too many jobs at once, an input that does not come, or a slow model"
    )]
    TooLate,
    /// Stored keys can't be read.
    #[error("stored keys: {0}")]
    Keys(String),
    /// The registry has another commitment than that to these attributes.
    #[error(
        "the registry has another commitment to attributes than this node's: it opens no requests; restart it if they were changed, or \
         register these with `bithive node commit`"
    )]
    OtherAttributes,
    /// The account is not registered as a node.
    #[error("account {0} is not registered as a node; register it first")]
    NotRegistered(String),
}

impl NodeError {
    /// Whether trying again later can help: the network or the chain did not answer as it should, or content is not there
    /// yet. Everything that the way to the chain can answer is of this kind; what a contract says is not.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Exchange(ExchangeError::Damaged { .. } | ExchangeError::TooLarge { .. }) => false,
            // A disk gets room again.
            Self::Audit(_) => true,
            Self::Exchange(_) | Self::Key(KeyError::Format(FormatError::Read { .. })) => true,
            Self::Committee(
                ServiceError::Exchange(_) | ServiceError::NoTable { .. } | ServiceError::Oprf(_),
            ) => true,
            _ => self.chain().is_some_and(|error| !error.is_refusal()),
        }
    }

    /// Whether something did not decrypt, or was not what its sender had committed to.
    pub(crate) const fn is_decryption(&self) -> bool {
        matches!(
            self,
            Self::Header(_)
                | Self::Dem(_)
                | Self::Envelope(_)
                | Self::Payload(_)
                | Self::Read(_)
                | Self::Mismatch { .. }
        )
    }

    /// Whether a contract said no, or said that there is nothing. Its answer stays the same, unless the node of the chain
    /// that gave it was behind.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::NotRegistered(_)) || self.chain().is_some_and(ChainError::is_refusal)
    }

    const fn chain(&self) -> Option<&ChainError> {
        match self {
            Self::Chain(error)
            | Self::Grant(GrantError::Chain(error))
            | Self::Committee(ServiceError::Chain(error))
            | Self::Group(GroupError::Chain(error)) => Some(error),
            _ => None,
        }
    }
}
