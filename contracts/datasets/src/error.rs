//! What a message can get wrong.

use bithive_api::datasets::limits;
use bithive_contract_kit::InputError;
use cosmwasm_std::{OverflowError, StdError, Uint128};
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
    /// The sender does not own the data set.
    #[error("{sender} may not change data set {id}; expected its owner {owner}")]
    NotOwner {
        /// Number of the data set, from 1.
        id: u64,
        /// Address that sent the message.
        sender: String,
        /// Address that may do it.
        owner: String,
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
    /// Another amount than the share.
    #[error("{found} was paid; expected {expected}, the share of data set {id}")]
    WrongAmount {
        /// Number of the data set, from 1.
        id: u64,
        /// What was paid, in base units.
        found: Uint128,
        /// Share that one use costs, in base units.
        expected: Uint128,
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
    /// Nothing to withdraw.
    #[error("{account} is owed nothing of {asset}")]
    NothingOwed {
        /// Address of the account.
        account: String,
        /// Denomination or token, as text.
        asset: String,
    },
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
