//! What a message can get wrong.

use bithive_api::datasets::limits;
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_utils::PaymentError;

/// Errors of the contract; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Native coins that the message does not take, or not these.
    #[error("{0}; expected native coins with a deposit only, and of the data set's denomination")]
    Payment(#[from] PaymentError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A digest or a name of the wrong length.
    #[error("{field} has {found} bytes; expected {least} to {most}")]
    Length {
        /// The field.
        field: &'static str,
        /// Its bytes.
        found: usize,
        /// Fewest.
        least: usize,
        /// Most.
        most: usize,
    },
    /// A use that costs nothing.
    #[error("the share is 0; expected at least one base unit")]
    NoShare,
    /// There is no such data set.
    #[error("there is no data set {id}")]
    NoDataset {
        /// The number.
        id: u64,
    },
    /// Somebody else's data set.
    #[error("{sender} may not change data set {id}; expected its owner {owner}")]
    NotOwner {
        /// The data set.
        id: u64,
        /// Who tried.
        sender: String,
        /// Who may.
        owner: String,
    },
    /// The data set takes no deposits.
    #[error("data set {id} takes no deposits; expected one that is active")]
    Inactive {
        /// The number.
        id: u64,
    },
    /// Another asset than the data set's.
    #[error("{found} was paid; expected {expected}, which data set {id} takes")]
    WrongAsset {
        /// The data set.
        id: u64,
        /// What was paid.
        found: String,
        /// What it takes.
        expected: String,
    },
    /// Another amount than the share.
    #[error("{found} was paid; expected {expected}, the share of data set {id}")]
    WrongAmount {
        /// The data set.
        id: u64,
        /// What was paid.
        found: Uint128,
        /// Its share.
        expected: Uint128,
    },
    /// The deadline is too near or too far.
    #[error(
        "the deadline {found} is out of bounds at {now} (Unix seconds); expected {} to {} seconds later",
        limits::MIN_ESCROW_SECONDS,
        limits::MAX_ESCROW_SECONDS
    )]
    Deadline {
        /// The deadline.
        found: u64,
        /// The time.
        now: u64,
    },
    /// There is no such deposit.
    #[error("there is no deposit {id}; it was never made, or it was released or refunded")]
    NoDeposit {
        /// The number.
        id: u64,
    },
    /// The job is not attested.
    #[error("job {job_id} is not attested as settled here; expected its statement to arrive first")]
    NotAttested {
        /// The job.
        job_id: u64,
    },
    /// The job had another input.
    #[error("job {job_id} is attested with input {found}; expected {expected}, which the deposit names")]
    OtherInput {
        /// The job.
        job_id: u64,
        /// Input commitment of the attestation, in hex.
        found: String,
        /// Of the deposit.
        expected: String,
    },
    /// The deadline has not passed.
    #[error(
        "deposit {id} is in escrow until {deadline}, and it is {now} (Unix seconds); expected a later time"
    )]
    TooEarly {
        /// The deposit.
        id: u64,
        /// Its deadline.
        deadline: u64,
        /// The time.
        now: u64,
    },
    /// The job is attested: the share is the owner's.
    #[error("deposit {id} is for a job that is attested; expected it to be released, not refunded")]
    Earned {
        /// The deposit.
        id: u64,
    },
    /// Nothing to withdraw.
    #[error("{account} is owed nothing of {asset}")]
    NothingOwed {
        /// The account.
        account: String,
        /// The asset.
        asset: String,
    },
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
