//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
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
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A schedule that never ends, or has no steps.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A share of more than 10,000 basis points.
    #[error(transparent)]
    Share(#[from] BpsError),
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
    /// Everything is due already.
    #[error("everything of position {id} is due; nothing is left to revoke")]
    NothingToRevoke {
        /// Number of the position.
        id: u64,
    },
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

fn next_text(next: Option<u64>) -> String {
    match next {
        Some(next) => format!("more becomes due at {next} (Unix seconds)"),
        None => "everything was paid".into(),
    }
}

/// Result of handling a message.
pub(crate) type Outcome = Result<Response, ContractError>;
