//! What a message or a packet can get wrong.

use bithive_contract_kit::channel::ChannelError;
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use cw_utils::PaymentError;

/// Errors of the contract; none of them changes anything. What is wrong with a packet is in its acknowledgement.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Native coins came with a message.
    #[error("{0}; expected no native coins")]
    Payment(#[from] PaymentError),
    /// Not the owner.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// What is wrong with a channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A token is named twice.
    #[error("token {0} is listed twice; expected each once")]
    Duplicate(String),
    /// Sends are stopped.
    #[error("new sends are paused; expected them to go on first (what is outside can come back)")]
    Paused,
    /// Not one of the tokens.
    #[error("{0} is not a token that can be sent; expected one that the owner has set a limit for")]
    NotAllowed(String),
    /// Nothing was sent.
    #[error("the amount is 0; expected at least one base unit")]
    Nothing,
    /// Too much would be outside.
    #[error(
        "with {amount} more, {outstanding} of {token} being outside over {channel_id}, its limit of {limit} is exceeded; \
         expected at most the rest"
    )]
    OverLimit {
        /// Channel of this end.
        channel_id: String,
        /// The token.
        token: String,
        /// What was to be sent.
        amount: Uint128,
        /// What is outside.
        outstanding: Uint128,
        /// The limit.
        limit: Uint128,
    },
    /// The receiver's address, or the memo.
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
        "{amount} of {token} come back over {channel_id}, where {outstanding} are outside; expected at most these"
    )]
    NotOutstanding {
        /// Channel of this end.
        channel_id: String,
        /// The token.
        token: String,
        /// What comes.
        amount: Uint128,
        /// What is outside.
        outstanding: Uint128,
    },
    /// Tokens for this contract itself, where nobody could take them out.
    #[error("the receiver is the escrow itself; expected an account")]
    ToEscrow,
    /// The token refused to pay the receiver.
    #[error("the token refused to pay {receiver}; expected an account that can receive it")]
    Unpaid {
        /// Who was to be paid.
        receiver: String,
    },
    /// Nothing is owed.
    #[error("{account} is owed nothing of {token}")]
    NotOwed {
        /// The token.
        token: String,
        /// The account.
        account: String,
    },
    /// A reply of no message of this contract.
    #[error("reply {0} is of no message of this contract")]
    UnknownReply(u64),
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
