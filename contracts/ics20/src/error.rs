//! What a message or a packet can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::channel::ChannelError;
use bithive_contract_kit::delay::DelayError;
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
    /// The channel is not usable.
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
    /// The token has no limit set, so it can't be sent.
    #[error("{0} is not a token that can be sent; expected one that the owner has set a limit for")]
    NotAllowed(String),
    /// More would be on the other chain than the limit allows.
    #[error(
        "{amount} more of {token} over {channel_id} would exceed its limit of {limit}; {outstanding} are on the other chain already; \
         expected at most the rest"
    )]
    OverLimit {
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Address of the token.
        token: String,
        /// Amount to be sent, in base units.
        amount: Uint128,
        /// Amount on the other chain, in base units.
        outstanding: Uint128,
        /// The limit, in base units.
        limit: Uint128,
    },
    /// A token that was not sent from here over this channel.
    #[error("{found} did not leave over this channel; expected {expected}<token>")]
    Foreign {
        /// Denomination of the packet.
        found: String,
        /// Prefix that it should have.
        expected: String,
    },
    /// More comes back than is on the other chain.
    #[error(
        "{amount} of {token} come back over {channel_id}, but only {outstanding} are on the other chain; expected at most that"
    )]
    NotOutstanding {
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Address of the token.
        token: String,
        /// Amount that comes back, in base units.
        amount: Uint128,
        /// Amount on the other chain, in base units.
        outstanding: Uint128,
    },
    /// The token refused to pay the receiver.
    #[error("the token refused to pay {receiver}; expected an account that can receive it")]
    Unpaid {
        /// Address of the receiver.
        receiver: String,
    },
    /// A reply of no message of this contract.
    #[error("reply {0} belongs to no message of this contract")]
    UnknownReply(u64),
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
