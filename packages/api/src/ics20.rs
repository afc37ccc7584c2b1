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
/// What a token's address follows in a denomination.
pub const DENOM_PREFIX: &str = "cw20:";

/// Bounds, each of what keeps a packet or a page bounded.
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
    /// The other end took a packet.
    Delivered, DELIVERED = "ics20_delivered" { channel_id: String, token: Addr, amount: Uint128 }
    /// Tokens came back and left escrow.
    Received, RECEIVED = "ics20_received" { channel_id: String, token: Addr, amount: Uint128, receiver: Addr }
    /// A packet was answered with an error.
    Rejected, REJECTED = "ics20_rejected" { channel_id: String, error: String }
    /// A packet failed and its sender has the tokens again.
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
    /// Governance: sets limits and pauses sends.
    pub owner: String,
    /// The tokens that can be sent.
    pub tokens: Vec<TokenLimit>,
}

/// How much of a token may be elsewhere.
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
    /// From a token that has a limit: `msg` is a [`Hook`].
    Receive(Cw20ReceiveMsg),
    /// Pays an account a refund that could not be paid when it was due. Sender: anyone.
    Withdraw {
        /// The token.
        token: String,
        /// The account.
        account: String,
    },
    /// Sets how much of a token may be outside over one channel; none takes no new sends of it. What is outside already
    /// can always come back. Sender: the owner.
    SetLimit {
        /// The token.
        token: String,
        /// In base units.
        limit: Option<Uint128>,
    },
    /// Stops new sends, or lets them go on. Never stops what comes back, nor refunds. Sender: the owner.
    SetPaused {
        /// Whether they are stopped.
        paused: bool,
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
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What tokens that are sent are for.
#[cw_serde]
pub enum Hook {
    /// Sends them to another chain.
    Transfer {
        /// Channel of this end.
        channel_id: String,
        /// Address on the other chain.
        receiver: String,
        /// Life of the packet, [`crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS`] if none.
        timeout_seconds: Option<u64>,
        /// For who reads it on the other chain.
        memo: Option<String>,
    },
}

/// What a packet carries, as JSON (ICS-20, `FungibleTokenPacketData`).
#[cw_serde]
#[derive(Eq)]
pub struct Packet {
    /// In base units.
    pub amount: Uint128,
    /// As the module documentation says.
    pub denom: String,
    /// On the receiving chain.
    pub receiver: String,
    /// On the sending chain.
    pub sender: String,
    /// Left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
}

/// Answer to a packet, as JSON (ICS-4's envelope).
#[cw_serde]
#[derive(Eq)]
pub enum Ack {
    /// Taken.
    Result(Binary),
    /// What was wrong.
    Error(String),
}

/// Queries.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What holds now.
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
    /// What is outside over a channel, in base units.
    #[returns(Uint128)]
    Outstanding {
        /// Channel of this end.
        channel_id: String,
        /// The token.
        token: String,
    },
    /// What an account is owed of a token.
    #[returns(Uint128)]
    Owed {
        /// The token.
        token: String,
        /// The account.
        account: String,
    },
    /// What the contract holds of a token for others; its balance is at least this.
    #[returns(Uint128)]
    Held {
        /// The token.
        token: String,
    },
}

/// What holds now.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance.
    pub owner: Option<Addr>,
    /// Who has been proposed as the next owner.
    pub pending_owner: Option<Addr>,
    /// Whether new sends are stopped.
    pub paused: bool,
}
