//! What a message can get wrong.

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
    /// A number out of bounds.
    #[error("{field} is {found}; expected {least} to {most}")]
    OutOfBounds {
        /// The field.
        field: &'static str,
        /// Value found.
        found: Uint128,
        /// Least value.
        least: Uint128,
        /// Largest value.
        most: Uint128,
    },
    /// Nothing was sent or asked for.
    #[error("the amount is 0; expected at least 1")]
    Zero,
    /// BTT are not sold to the treasury, and nothing else is deposited.
    #[error("{token} can't be {what} here; expected {expected}")]
    WrongToken {
        /// The token.
        token: String,
        /// What was tried.
        what: &'static str,
        /// What can be.
        expected: &'static str,
    },
    /// An account that can't use what it receives.
    #[error("{address} can't be {what}; expected an account other than the treasury and BTT")]
    Address {
        /// Address given.
        address: String,
        /// What it was to be.
        what: &'static str,
    },
    /// There is no offer.
    #[error("there is no offer for {token}")]
    NoOffer {
        /// The token.
        token: String,
    },
    /// Too many offers.
    #[error("there are {most} offers already; withdraw one first")]
    TooManyOffers {
        /// Most offers.
        most: usize,
    },
    /// The bid is lower than what the seller accepts.
    #[error("{amount} are worth {worth} at the bid of now; the seller expects at least {least}")]
    BidTooLow {
        /// Base units of the token.
        amount: Uint128,
        /// Base units of BTT at the present bid.
        worth: Uint128,
        /// Base units of BTT that the seller expects.
        least: Uint128,
    },
    /// A bound of the period.
    #[error("{bound} of the period has {left} left; {amount} is more. A period is {seconds} s")]
    PeriodBound {
        /// Which bound.
        bound: &'static str,
        /// What is left of it.
        left: Uint128,
        /// Asked for.
        amount: Uint128,
        /// Length of a period.
        seconds: u64,
    },
    /// The treasury has too little.
    #[error("the treasury can pay {available}; expected at least {amount}")]
    Funds {
        /// What it can pay.
        available: Uint128,
        /// What is needed.
        amount: Uint128,
    },
    /// Nothing to burn now.
    #[error(
        "nothing of {token} can be burnt now: it is needed for the reserve, or the period's bound is used up"
    )]
    NothingToBurn {
        /// The token.
        token: String,
    },
    /// A contract that the owner has not named.
    #[error("{source_address} is not a source; expected a contract that the owner has named")]
    NotSource {
        /// Address given.
        source_address: String,
    },
    /// A purpose too long.
    #[error("the purpose has {found} characters; expected at most {most}")]
    Purpose {
        /// Characters found.
        found: usize,
        /// Most characters.
        most: usize,
    },
    /// Stopped.
    #[error("offers and spending are paused; collecting and burning go on")]
    Paused,
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
