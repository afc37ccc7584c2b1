//! The committee of blind matching.
//!
//! [`Member`] is one super node's service: it agrees with the others on the keys of a committee before that one
//! begins, publishes each epoch's share keys, answers blind evaluations of registered identities, and keeps the
//! quota that makes guessing cost stake. [`TagSource`] is the other side: it asks all members of the epoch's
//! committee, checks every proof against the share keys posted on chain, and combines what is valid.
//!
//! Members that have a key for it (`bithive_release`) also release keys of contents, to readers whom a contract permits: [`ask_for_key`] asks
//! them.

mod agreement;
mod ask;
mod attendance;
mod evaluation;
mod keys;
mod ledger;
mod member;
mod reader;
mod registered;
mod releases;
mod requests;
mod tags;

use bithive_blindmatch::DecodeError;
use bithive_blindmatch::committee::CommitteeError;
use bithive_blindmatch::oprf::OprfError;
use bithive_chain::ChainError;
use bithive_exchange::{ExchangeError, PeerId};
use bithive_state::StateError;

pub use agreement::TERM_EPOCHS;
pub use ask::PATIENCE;
pub use attendance::Attendance;
pub use member::{Member, Tally};
pub use reader::{ReleaseError, Released, ask_for_key};
pub use releases::{MOST_RELEASES, RELEASE_WINDOW, ReleaseTally};
pub use requests::ShareKeyRequest;
pub use tags::TagSource;

/// What can go wrong between a party and the committee.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The chain refused or did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A peer did not answer.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// Own records can't be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// Something malformed arrived.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The committee's parameters or tables do not fit.
    #[error(transparent)]
    Committee(#[from] CommitteeError),
    /// The evaluation failed.
    #[error(transparent)]
    Oprf(#[from] OprfError),
    /// No committee is named for an epoch.
    #[error("the registry lists no committee of epoch {epoch}; its owner must name one")]
    NoCommittee {
        /// Epoch that was asked for.
        epoch: u64,
    },
    /// The account is not in the committee.
    #[error("account {account} is not a member of the committee from epoch {from_epoch} on")]
    NotAMember {
        /// Address of the account.
        account: String,
        /// The committee's first epoch.
        from_epoch: u64,
    },
    /// Members are missing for the agreement on keys.
    #[error("the committee from epoch {from_epoch} on has not agreed on its keys: {reasons}")]
    NotAgreed {
        /// The committee's first epoch.
        from_epoch: u64,
        /// Who is missing, and why.
        reasons: String,
    },
    /// Members are missing for the share keys of an epoch: nobody who answers holds all that is needed.
    #[error("the share keys of epoch {epoch} are not complete without one of these members: {reasons}")]
    Incomplete {
        /// Epoch of the share keys.
        epoch: u64,
        /// Who is missing, and why.
        reasons: String,
    },
    /// A member asks for contributions, which are destroyed once all have agreed.
    #[error(
        "the committee from epoch {from_epoch} on has agreed on its keys; contributions are destroyed. A member that has lost its \
         seeds puts back its records, or has another committee named"
    )]
    AgreedAlready {
        /// The committee's first epoch.
        from_epoch: u64,
    },
    /// A key for releases that is another member's.
    #[error(
        "the key for releases is of endpoint {found}, and this member's is {expected}; expected the key that this member has made in the ceremony"
    )]
    OtherReleaseKey {
        /// Public key of the endpoint that the key is of.
        found: PeerId,
        /// Public key of this member's endpoint.
        expected: PeerId,
    },
    /// A committee that has no duties.
    #[error(
        "this committee is not in service; expected the committee of the last, the current or a coming epoch"
    )]
    UnknownCommittee,
    /// A request that only members may send.
    #[error("only members of the committee from epoch {from_epoch} on may request this")]
    NotForOutsiders {
        /// The committee's first epoch.
        from_epoch: u64,
    },
    /// Nobody served a table that enough members posted.
    #[error("no share key table of epoch {epoch} with a digest that {needed} members posted; {reasons}")]
    NoTable {
        /// Epoch of the table.
        epoch: u64,
        /// Members that must have posted the same digest: the threshold.
        needed: u8,
        /// What went wrong at each member.
        reasons: String,
    },
}

impl ServiceError {
    /// Whether it may be over when it is tried again, with nothing changed on this machine. What others and the chain do passes: members
    /// come back, and a committee whose members contradict each other is replaced. Own records that can't be used stay so.
    #[must_use]
    pub const fn passes(&self) -> bool {
        !matches!(self, Self::State(_) | Self::OtherReleaseKey { .. })
    }
}
