//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::{OverflowError, StdError};
use cw_ownable::OwnershipError;

/// Errors of the contract; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// The model has an owner.
    #[error("model {model} is registered by {owner}; expected one without an owner, or a challenge")]
    Taken {
        /// Digest of the model, in hex.
        model: String,
        /// Account that registered it.
        owner: String,
    },
    /// The model has no owner.
    #[error("model {model} has no owner; expected one that is registered")]
    NoModel {
        /// Digest of the model, in hex.
        model: String,
    },
    /// The owner challenges itself.
    #[error("{owner} is the owner of model {model}; expected somebody else to challenge it")]
    OwnChallenge {
        /// Digest of the model, in hex.
        model: String,
        /// Account of the owner.
        owner: String,
    },
    /// A model is challenged once at a time.
    #[error("model {model} is challenged until {until} (Unix seconds); expected one without a challenge")]
    Challenged {
        /// Digest of the model, in hex.
        model: String,
        /// Last second for a ruling, Unix time.
        until: u64,
    },
    /// Nobody challenges the model.
    #[error("model {model} is not challenged; expected a challenge to rule on")]
    NoChallenge {
        /// Digest of the model, in hex.
        model: String,
    },
    /// The owner is leaving already.
    #[error("the owner of model {model} leaves, and its bond is free at {until} (Unix seconds)")]
    Leaving {
        /// Digest of the model, in hex.
        model: String,
        /// When the bond is free, in Unix seconds.
        until: u64,
    },
    /// Nothing of the model ends by time.
    #[error("model {model} is neither challenged nor left; expected one of both")]
    NothingToClose {
        /// Digest of the model, in hex.
        model: String,
    },
    /// The time is not over.
    #[error("model {model} waits until {until}, and it is {now} (Unix seconds); expected a later time")]
    TooEarly {
        /// Digest of the model, in hex.
        model: String,
        /// End of the time, in Unix seconds.
        until: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// The time for a ruling is over.
    #[error("the time for a ruling on model {model} ended at {until}, and it is {now} (Unix seconds)")]
    TooLate {
        /// Digest of the model, in hex.
        model: String,
        /// Last second for a ruling, Unix time.
        until: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// New registrations are refused.
    #[error("new registrations are paused; challenges and exits go on")]
    Paused,
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
