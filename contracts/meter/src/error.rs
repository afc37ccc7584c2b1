//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::StdError;
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
    /// The period has not ended, or ended too long ago.
    #[error("period {period} is not open; expected {first} to {last}, which have ended and not long ago")]
    Closed {
        /// Number that was given.
        period: u64,
        /// First open period.
        first: u64,
        /// Last open period.
        last: u64,
    },
    /// A machine claims a period once.
    #[error("{machine} has claimed period {period} before; it can claim each period once")]
    Claimed {
        /// Address of the machine.
        machine: String,
        /// Number of the period.
        period: u64,
    },
    /// Nothing to vouch for.
    #[error("{machine} has claimed nothing for period {period}; expected a period of the query `machine`")]
    NoClaim {
        /// Address of the machine.
        machine: String,
        /// Number of the period.
        period: u64,
    },
    /// A member vouches for another number than was claimed.
    #[error("{claimed} idle seconds are claimed for period {period}; found {found}. Ask for the claim again")]
    OtherTime {
        /// Number of the period.
        period: u64,
        /// What the machine has claimed, in seconds.
        claimed: u64,
        /// What the member vouches for, in seconds.
        found: u64,
    },
    /// Nobody vouches for itself.
    #[error(
        "{member} is the machine or the account of the claim for period {period}; expected another member"
    )]
    OwnClaim {
        /// Address of the member.
        member: String,
        /// Number of the period.
        period: u64,
    },
    /// A member vouches once.
    #[error("{member} has vouched for {machine} in period {period} before; it can do so once")]
    Twice {
        /// Address of the member.
        member: String,
        /// Address of the machine.
        machine: String,
        /// Number of the period.
        period: u64,
    },
    /// The bound of a period.
    #[error("this period has room for {left} more credits; {credits} are more. Try again in the next period")]
    PeriodLimit {
        /// What is left of the bound.
        left: u64,
        /// Credits to be counted.
        credits: u64,
    },
    /// More than 64 bits are due.
    #[error("{due} credits are due to the account; collect them first")]
    DueOverflow {
        /// Credits that are due.
        due: u64,
    },
    /// The owner has paused claims and vouching.
    #[error("claims and vouching are paused; what is due can be collected as always")]
    Paused,
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
