//! What a message or a packet can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::channel::ChannelError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;

/// Errors of the contract; none of them changes anything. What is wrong with a packet is in its acknowledgement.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Not the owner.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// What is wrong with a channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// Sends are stopped.
    #[error(
        "new sends are paused until the owner ends the pause; tokens on other chains can still come back"
    )]
    Paused,
    /// Not one of the tokens.
    #[error("{0} is not a token that can be sent; expected one that the owner has set a limit for")]
    NotAllowed(String),
    /// Too much would be outside.
    #[error(
        "{amount} more of {token} over {channel_id} would exceed its limit of {limit}; {outstanding} are outside already; \
         expected at most the rest"
    )]
    OverLimit {
        /// Channel of this end.
        channel_id: String,
        /// Address of the token.
        token: String,
        /// What was to be sent.
        amount: Uint128,
        /// What is outside.
        outstanding: Uint128,
        /// The limit, in base units.
        limit: Uint128,
    },
    /// A token that was not sent from here over this channel.
    #[error("{found} did not leave over this channel; expected {expected}<token>")]
    Foreign {
        /// Denomination of the packet.
        found: String,
        /// What it should begin with.
        expected: String,
    },
    /// More comes back than is outside.
    #[error(
        "{amount} of {token} come back over {channel_id}, but only {outstanding} are outside; expected at most that"
    )]
    NotOutstanding {
        /// Channel of this end.
        channel_id: String,
        /// Address of the token.
        token: String,
        /// Amount that comes back, in base units.
        amount: Uint128,
        /// What is outside.
        outstanding: Uint128,
    },
    /// The token refused to pay the receiver.
    #[error("the token refused to pay {receiver}; expected an account that can receive it")]
    Unpaid {
        /// Who was to be paid.
        receiver: String,
    },
    /// A reply of no message of this contract.
    #[error("reply {0} belongs to no message of this contract")]
    UnknownReply(u64),
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
