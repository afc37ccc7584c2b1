//! What a message can get wrong.

use bithive_api::treasury::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::source::NotSource;
use cosmwasm_std::{OverflowError, StdError, Uint128};
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
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// There is no offer.
    #[error("there is no offer for {token}")]
    NoOffer {
        /// Address of the token.
        token: String,
    },
    /// Too many offers.
    #[error("there are already {most} offers; withdraw one first")]
    TooManyOffers {
        /// Most offers at a time.
        most: usize,
    },
    /// A bid above what BTK cost.
    #[error(
        "an offer of up to {high} for 1,000,000 base units of BTK pays more than their work costs in fees, so whoever pays its own \
         nodes would gain; set `high` to at most {}",
        limits::MAX_BTK_BID
    )]
    BidAboveCost {
        /// The highest bid that was given, in base units of BTT.
        high: Uint128,
    },
    /// The bid is lower than what the seller accepts.
    #[error("{amount} are worth {worth} at the present bid; the seller expects at least {least}")]
    BidTooLow {
        /// Base units of the token.
        amount: Uint128,
        /// Base units of BTT at the present bid.
        worth: Uint128,
        /// Base units of BTT that the seller expects.
        least: Uint128,
    },
    /// A bound of the period would be exceeded.
    #[error("{bound} of the period has {left} left, and {amount} was asked for; a period is {seconds} s")]
    PeriodLimit {
        /// Name of the bound.
        bound: &'static str,
        /// What is left of it, in base units.
        left: Uint128,
        /// Amount asked for, in base units.
        amount: Uint128,
        /// Length of a period, in seconds.
        seconds: u64,
    },
    /// The treasury has too little.
    #[error("the treasury can pay {available}; expected at least {amount}")]
    Funds {
        /// What it can pay, in base units.
        available: Uint128,
        /// Amount needed, in base units.
        amount: Uint128,
    },
    /// Nothing to burn now.
    #[error(
        "nothing of {token} can be burnt now: it is needed for the reserve, or the period's bound is used up"
    )]
    NothingToBurn {
        /// Address of the token.
        token: String,
    },
    /// A contract that the owner has not named.
    #[error(transparent)]
    NotSource(#[from] NotSource),
    /// The owner has paused offers and spending.
    #[error("offers and spending are paused; collecting and burning go on")]
    Paused,
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
