//! The committee of blind matching.
//!
//! [`Member`] is one super node's service: it publishes the epoch's share keys, answers blind evaluations of
//! registered identities, and keeps the quota that makes guessing cost stake. [`TagSource`] is the other side:
//! it asks all members, checks every proof against the share keys posted on chain, and combines what is valid.

mod member;
mod share_keys;
mod tags;

use bithive_blindmatch::DecodeError;
use bithive_blindmatch::committee::CommitteeError;
use bithive_blindmatch::oprf::OprfError;
use bithive_chain::ChainError;
use bithive_exchange::ExchangeError;
use bithive_state::StateError;

pub use member::{Member, NODE_EVALUATIONS, REQUESTER_EVALUATIONS};
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
    /// No committee is set.
    #[error("the registry lists no committee; its owner must set one")]
    NoCommittee,
    /// The account is not in the committee.
    #[error("account {0} is not a member of the registered committee")]
    NotAMember(String),
    /// Nobody served a table that enough members posted.
    #[error("no share key table of epoch {epoch} with a digest that {needed} members posted; {reasons}")]
    NoTable {
        /// The epoch.
        epoch: u64,
        /// The threshold.
        needed: u8,
        /// What went wrong at each member.
        reasons: String,
    },
}
