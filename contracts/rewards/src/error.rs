//! What a message can get wrong.

use bithive_api::rewards::Role;
use bithive_economics::score::FactorError;
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use cw_utils::PaymentError;

/// Errors of the contract; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Native coins came with a message.
    #[error("{0}; expected no native coins")]
    Payment(#[from] PaymentError),
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A factor of the formula out of bounds.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// A hook of another token.
    #[error("{sender} is not BTT; expected the token {token}")]
    WrongToken {
        /// Who sent the hook.
        sender: String,
        /// BTT.
        token: String,
    },
    /// Nothing was sent or asked for.
    #[error("{what} is 0; expected at least 1")]
    Zero {
        /// What is 0.
        what: &'static str,
    },
    /// Too few or too many approvals.
    #[error("a reward needs {found} approvals; expected 2 to 4, each of another role")]
    Approvals {
        /// Number given.
        found: u8,
    },
    /// Limits that contradict each other.
    #[error(
        "all patients together may receive {total} a day, one alone {patient}; expected at least as much"
    )]
    Limits {
        /// Limit of all.
        total: Uint128,
        /// Limit of one.
        patient: Uint128,
    },
    /// The treasury or a patient can't use what it receives.
    #[error("{address} can't receive BTT here; expected an account other than this contract and the token")]
    Recipient {
        /// Address given.
        address: String,
    },
    /// Only parties propose and approve.
    #[error("{sender} is not a party; expected an account that the owner has given a role")]
    NotParty {
        /// Who tried.
        sender: String,
    },
    /// A party is rewarded by nobody's hand but others'.
    #[error("{sender} is the patient; expected a party that is not")]
    OwnReward {
        /// Who tried.
        sender: String,
    },
    /// The digest is not one.
    #[error("the evidence has {found} bytes; expected a SHA-256 digest of 32")]
    Evidence {
        /// Bytes found.
        found: usize,
    },
    /// The evidence was used before.
    #[error("the evidence belongs to proposal {id}; a piece of evidence is rewarded once")]
    EvidenceUsed {
        /// That proposal.
        id: u64,
    },
    /// No such proposal.
    #[error("there is no proposal {id}; it was paid, has expired, or was never made")]
    NoProposal {
        /// Number given.
        id: u64,
    },
    /// The role has spoken.
    #[error("a party of the role {role:?} has approved proposal {id} already; expected one of another role")]
    RoleTwice {
        /// The proposal.
        id: u64,
        /// The role.
        role: Role,
    },
    /// Too late to approve.
    #[error("proposal {id} could be approved until {until} (Unix seconds)")]
    TooLate {
        /// The proposal.
        id: u64,
        /// Its last second.
        until: u64,
    },
    /// Too early to remove.
    #[error("proposal {id} can still be approved, until {until} (Unix seconds)")]
    NotExpired {
        /// The proposal.
        id: u64,
        /// Its last second.
        until: u64,
    },
    /// A limit of the day.
    #[error(
        "{limit} of the day is {most}, of which {used} are used; this would be {amount} more. Try again tomorrow"
    )]
    DailyLimit {
        /// Which limit.
        limit: &'static str,
        /// Its value.
        most: Uint128,
        /// Used today.
        used: Uint128,
        /// Asked for.
        amount: Uint128,
    },
    /// The budget is too small.
    #[error("the budget is {available}; expected at least {amount}")]
    Budget {
        /// What there is.
        available: Uint128,
        /// What is needed.
        amount: Uint128,
    },
    /// Stopped.
    #[error("proposals and approvals are paused")]
    Paused,
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
