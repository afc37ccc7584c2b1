//! What a message can get wrong.

use bithive_api::randomness::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_drand::DrandError;
use cosmwasm_std::{OverflowError, StdError};

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
    /// The signature is not the network's, or the round is none.
    #[error(transparent)]
    Drand(#[from] DrandError),
    /// The round was submitted before.
    #[error("round {round} is known already; read it, or deliver the requests that wait for it")]
    Known {
        /// Number of the round.
        round: u64,
    },
    /// Nobody has brought the round of the request.
    #[error("request {id} waits for round {round}, which was not submitted yet; submit it first")]
    NotKnown {
        /// Number of the request.
        id: u64,
        /// Round that it waits for.
        round: u64,
    },
    /// There is no such request.
    #[error("there is no request {id}; it was never made, or it was delivered or has expired")]
    NoRequest {
        /// Number that was asked for.
        id: u64,
    },
    /// The time is too far away.
    #[error("after is {found}; expected at most {latest}, {} days from now (Unix seconds)", limits::MAX_AFTER / 86_400)]
    TooLate {
        /// Time that was given.
        found: u64,
        /// Latest time that is taken.
        latest: u64,
    },
    /// The request still waits.
    #[error(
        "request {id} waits for its round until {until}, and it is {now} (Unix seconds); expire it after that"
    )]
    Waits {
        /// Number of the request.
        id: u64,
        /// Last second of its wait, Unix seconds.
        until: u64,
        /// Time of the block.
        now: u64,
    },
    /// The round has come, so that nothing expires.
    #[error("round {round} of request {id} is known; deliver the request")]
    Ready {
        /// Number of the request.
        id: u64,
        /// Round that it waits for.
        round: u64,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
