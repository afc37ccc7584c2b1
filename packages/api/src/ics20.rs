//! `ics20`: our tokens on other chains and back, by ICS-20.
//!
//! The other end of a channel is a chain's transfer module (version [`VERSION`], unordered), which gives a voucher for
//! every unit that is in escrow here. Denominations on the wire are `cw20:<token>`, and `<port>/<channel>/cw20:<token>`
//! with the other end's port and channel when they come back.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{OrNone, events};

/// Version that both ends of a channel state; its ordering is unordered.
pub const VERSION: &str = "ics20-1";
/// Prefix of a token's address in a denomination.
pub const DENOM_PREFIX: &str = "cw20:";

/// Bounds of packets and of pages.
pub mod limits {
    /// Most bytes of a receiver's address.
    pub const MAX_RECEIVER_BYTES: usize = 256;
    /// Most bytes of a memo.
    pub const MAX_MEMO_BYTES: usize = 1_024;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

events! {
    //! What the contract announces. Amounts are in base units of the cw20 token at `token`.

    /// A channel is open; `port_id` is the other end's.
    ChannelOpened, CHANNEL_OPENED = "ics20_channel_opened" {
        channel_id: String, connection_id: String, port_id: String,
    }
    /// A channel was closed by the other end.
    ChannelClosed, CHANNEL_CLOSED = "ics20_channel_closed" { channel_id: String }
    /// Tokens went into escrow and a packet left. `receiver` is of the other chain; the packet is refused after the Unix
    /// time `timeout`, in seconds.
    Sent, SENT = "ics20_sent" {
        channel_id: String, token: Addr, amount: Uint128, sender: Addr, receiver: String, timeout: u64,
    }
    /// The other end accepted a packet.
    Delivered, DELIVERED = "ics20_delivered" { channel_id: String, token: Addr, amount: Uint128 }
    /// Tokens came back and left escrow.
    Received, RECEIVED = "ics20_received" { channel_id: String, token: Addr, amount: Uint128, receiver: Addr }
    /// A packet was answered with an error.
    Rejected, REJECTED = "ics20_rejected" { channel_id: String, error: String }
    /// A packet failed, and its sender was refunded.
    Refunded, REFUNDED = "ics20_refunded" {
        channel_id: String, token: Addr, amount: Uint128, sender: Addr, reason: String,
    }
    /// A refund could not be paid and is owed.
    Owed, OWED = "ics20_owed" { token: Addr, amount: Uint128, account: Addr }
    /// What was owed was paid.
    Withdrawn, WITHDRAWN = "ics20_withdrawn" { token: Addr, amount: Uint128, account: Addr }
    /// At most `limit` of a token may be in escrow; none when it takes no new sends.
    Limit, LIMIT = "ics20_limit" { token: Addr, limit: OrNone<Uint128> }
    /// Sends were stopped or go on.
    Paused, PAUSED = "ics20_paused" { paused: bool }
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance): sets limits and pauses sends.
    pub owner: String,
    /// The tokens that can be sent.
    pub tokens: Vec<TokenLimit>,
}

/// How much of a token may be on other chains.
#[cw_serde]
#[derive(Eq)]
pub struct TokenLimit<A = String> {
    /// The cw20 contract.
    pub token: A,
    /// Most of it that is outside over one channel at once, in base units: what the other chain can lose.
    pub limit: Uint128,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of a token that has a limit; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Pays an account a refund that could not be paid when it was due. Sender: anyone.
    Withdraw {
        /// Address of the cw20 token.
        token: String,
        /// Address of the account.
        account: String,
    },
    /// Sets how much of a token may be outside over one channel; none takes no new sends of it. What is outside already
    /// can always come back. Sender: the owner.
    SetLimit {
        /// Address of the cw20 token.
        token: String,
        /// The new limit, in base units; null to take no new sends.
        limit: Option<Uint128>,
    },
    /// Stops new sends, or lets them go on. Never stops what comes back, nor refunds. Sender: the owner.
    SetPaused {
        /// Whether new sends are stopped.
        paused: bool,
    },
    /// Applies a setting of the owner whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drops a setting that waits. Sender: the owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Proposes a new owner. Sender: the owner.
    TransferOwnership {
        /// The proposed owner.
        new_owner: String,
    },
    /// Accepts ownership. Sender: the proposed owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Withdraw: Anyone,
    SetLimit: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// Sends them to another chain.
    Transfer {
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Address on the other chain, at most [`limits::MAX_RECEIVER_BYTES`].
        receiver: String,
        /// Seconds until the packet expires; [`crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS`] if null.
        timeout_seconds: Option<u64>,
        /// Memo for the other chain, at most [`limits::MAX_MEMO_BYTES`].
        memo: Option<String>,
    },
}

/// What a packet carries, as JSON (ICS-20, `FungibleTokenPacketData`).
#[cw_serde]
#[derive(Eq)]
pub struct Packet {
    /// Amount in base units, a decimal text in JSON.
    pub amount: Uint128,
    /// Denomination on the wire: see the module documentation.
    pub denom: String,
    /// Address on the receiving chain.
    pub receiver: String,
    /// Address on the sending chain.
    pub sender: String,
    /// Memo for the receiving chain, at most [`limits::MAX_MEMO_BYTES`]; left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
}

/// Answer to a packet, as JSON (ICS-4's envelope).
#[cw_serde]
#[derive(Eq)]
pub enum Ack {
    /// Success: the receiver has the tokens.
    Result(Binary),
    /// Error text; the sender is refunded.
    Error(String),
}

/// Queries of the `ics20` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// Tokens that can be sent, and their limits, by address.
    #[returns(Vec<TokenLimit<Addr>>)]
    Limits {
        /// Start after this token.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Channels, by name.
    #[returns(Vec<crate::ibc::ChannelResponse>)]
    Channels {
        /// Start after this one.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Amount of a token that is on the other chain of a channel, in base units.
    #[returns(Uint128)]
    Outstanding {
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Address of the cw20 token.
        token: String,
    },
    /// Refund that an account is owed in a token, in base units.
    #[returns(Uint128)]
    Owed {
        /// Address of the cw20 token.
        token: String,
        /// Address of the account.
        account: String,
    },
    /// Amount of a token that the contract holds for others, in base units; its balance is at least this.
    #[returns(Uint128)]
    Held {
        /// Address of the cw20 token.
        token: String,
    },
    /// Settings of the owner that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Configuration in force.
#[cw_serde]
pub struct ConfigResponse {
    /// The contract's owner (governance); never null, because ownership can't be renounced.
    pub owner: Option<Addr>,
    /// Address proposed as the next owner; null if none is.
    pub pending_owner: Option<Addr>,
    /// Whether new sends are stopped.
    pub paused: bool,
}
