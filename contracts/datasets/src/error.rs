//! What a message can get wrong.

use bithive_api::datasets::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::{OverflowError, StdError};
use cw_utils::PaymentError;

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
    /// A deposit in native coins is one coin.
    #[error("{0}; expected one native coin, of the data set's denomination")]
    Coin(#[from] PaymentError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// There is no such data set.
    #[error("there is no data set {id}")]
    NoDataset {
        /// Number that was asked for.
        id: u64,
    },
    /// The data set takes no deposits.
    #[error("data set {id} takes no deposits; expected one that is active")]
    Inactive {
        /// Number that was asked for.
        id: u64,
    },
    /// Another asset than the data set's.
    #[error("{found} was paid; expected {expected}, which data set {id} takes")]
    WrongAsset {
        /// Number of the data set, from 1.
        id: u64,
        /// Asset that was paid, as text.
        found: String,
        /// Asset that the data set takes, as text.
        expected: String,
    },
    /// The deadline is too near or too far.
    #[error(
        "the deadline {found} is out of bounds at {now} (Unix seconds); expected {} to {} seconds later",
        limits::MIN_ESCROW_SECONDS,
        limits::MAX_ESCROW_SECONDS
    )]
    Deadline {
        /// Deadline given, in Unix seconds.
        found: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// There is no such deposit.
    #[error("there is no deposit {id}; it was never made, or it was released or refunded")]
    NoDeposit {
        /// Number that was asked for.
        id: u64,
    },
    /// The job is not attested.
    #[error("job {job_id} is not attested as settled here; expected its statement to arrive first")]
    NotAttested {
        /// Number of the job.
        job_id: u64,
    },
    /// The job had another input.
    #[error("job {job_id} is attested with input {found}; expected {expected}, which the deposit names")]
    OtherInput {
        /// Number of the job.
        job_id: u64,
        /// Input commitment of the attestation, in hex.
        found: String,
        /// Input commitment that the deposit names, in hex.
        expected: String,
    },
    /// The deadline has not passed.
    #[error(
        "deposit {id} is in escrow until {deadline}, and it is {now} (Unix seconds); expected a later time"
    )]
    TooEarly {
        /// Number of the deposit.
        id: u64,
        /// End of the escrow, in Unix seconds.
        deadline: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// The job is attested, so the share goes to the data set's owner.
    #[error("deposit {id} is for a job that is attested; expected it to be released, not refunded")]
    Earned {
        /// Number of the deposit.
        id: u64,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
