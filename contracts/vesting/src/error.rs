//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_economics::{BpsError, ScheduleError};
use cosmwasm_std::{OverflowError, Response, StdError};

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
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A schedule that never ends, or has no steps.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A share of more than 10,000 basis points.
    #[error(transparent)]
    Share(#[from] BpsError),
    /// The contract itself would own the position: nobody could hand it on.
    #[error("the owner is this contract; expected an account that can use what becomes due")]
    OwnedByContract,
    /// There is no such position.
    #[error("there is no position {id}; it was never made, or everything of it was paid")]
    NoPosition {
        /// Number that was asked for.
        id: u64,
    },
    /// Nothing can be claimed yet.
    #[error("nothing of position {id} is due; {}", next_text(*.next))]
    NothingDue {
        /// Number of the position.
        id: u64,
        /// When more becomes due, in Unix seconds.
        next: Option<u64>,
    },
    /// The sender does not own the position.
    #[error("{sender} may not transfer position {id}; expected its owner {owner}")]
    NotOwner {
        /// Number of the position.
        id: u64,
        /// Address that sent the message.
        sender: String,
        /// Address that may do it.
        owner: String,
    },
    /// The position can't be taken back, or not by the sender.
    #[error("{sender} may not revoke position {id}; expected {}", .revoker.as_deref().unwrap_or("nobody: it is final"))]
    NotRevoker {
        /// Number of the position.
        id: u64,
        /// Address that sent the message.
        sender: String,
        /// Address that may revoke it; none if it is final.
        revoker: Option<String>,
    },
    /// Everything is due already.
    #[error("everything of position {id} is due; nothing is left to revoke")]
    NothingToRevoke {
        /// Number of the position.
        id: u64,
    },
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}

fn next_text(next: Option<u64>) -> String {
    match next {
        Some(next) => format!("more becomes due at {next} (Unix seconds)"),
        None => "everything was paid".into(),
    }
}

/// Result of handling a message.
pub(crate) type Outcome = Result<Response, ContractError>;
