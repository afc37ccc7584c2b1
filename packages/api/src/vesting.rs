//! `vesting`: amounts that become due on a schedule.
//!
//! Whoever holds a cw20 locks some of it for somebody by `Send` with [`Hook::Lock`]; every such amount is a position
//! with a number. What is due is paid to the position's owner, on anybody's message. A position can be handed to another
//! account; it can be taken back only if it was made so, and then only what has not become due.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::events;

events! {
    //! What the contract announces. Amounts are in base units.

    /// A position was made: `end` is when all of it is due, in Unix seconds.
    Locked, LOCKED = "vesting_locked" {
        id: u64, token: Addr, owner: Addr, amount: Uint128, end: u64, revocable: bool,
    }
    /// What was due was paid.
    Claimed, CLAIMED = "vesting_claimed" { id: u64, token: Addr, owner: Addr, amount: Uint128 }
    /// A position has another owner; `amount` is what is not paid yet.
    Transferred, TRANSFERRED = "vesting_transferred" { id: u64, from: Addr, to: Addr, amount: Uint128 }
    /// What was not due went back.
    Revoked, REVOKED = "vesting_revoked" { id: u64, owner: Addr, returned_to: Addr, amount: Uint128 }
}

/// Bounds of the contract. Those of a schedule are in `bithive_economics::vesting`.
pub mod limits {
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

/// The contract has no parameters and no owner.
#[cw_serde]
pub struct InstantiateMsg {}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// From a cw20 token: `msg` is a [`Hook`]. The sender of the message is taken for the token.
    Receive(Cw20ReceiveMsg),
    /// By anybody: pays what is due to the owner.
    Claim {
        /// The position.
        id: u64,
    },
    /// By the owner: pays what is due to it, and hands the rest to another account.
    Transfer {
        /// The position.
        id: u64,
        /// The new owner.
        new_owner: String,
    },
    /// By the account that made the position, if it is revocable: pays what is due to the owner, and the rest back.
    Revoke {
        /// The position.
        id: u64,
    },
}

crate::permissions!(ExecuteMsg {
    Receive: AnyToken,
    Claim: Anyone,
    Transfer: PositionOwner,
    Revoke: Revoker,
});

/// What tokens that are sent are for.
#[cw_serde]
pub enum Hook {
    /// Locks them for `owner`.
    Lock {
        /// Receives what becomes due.
        owner: String,
        /// When it becomes due.
        schedule: Schedule,
        /// Whether the sender may take back what is not due.
        revocable: bool,
    },
}

/// When an amount becomes due: `immediate_bps` of it at the start, the rest in equal steps. A linear schedule is one
/// whose step is a second.
#[cw_serde]
pub struct Schedule {
    /// Unix seconds. It may be past: what would have become due since then is due at once.
    pub start: u64,
    /// Part that is due at the start, in 1/10,000.
    pub immediate_bps: u16,
    /// Seconds from the start to the first step.
    pub cliff_seconds: u64,
    /// Seconds from one step to the next, at least 1.
    pub step_seconds: u64,
    /// Number of steps, at least 1. All of them are within 100 years of the start.
    pub steps: u32,
}

/// Queries.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// A position, null when there is none of that number (any more).
    #[returns(Option<PositionResponse>)]
    Position {
        /// Its number.
        id: u64,
    },
    /// The positions of an owner, by number.
    #[returns(PositionsResponse)]
    Positions {
        /// The owner.
        owner: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What the contract holds of a token for positions.
    #[returns(HeldResponse)]
    Held {
        /// The token.
        token: String,
    },
}

/// A position.
#[cw_serde]
pub struct PositionResponse {
    /// Its number.
    pub id: u64,
    /// The token.
    pub token: Addr,
    /// Receives what becomes due.
    pub owner: Addr,
    /// Who may revoke it, if anybody.
    pub revoker: Option<Addr>,
    /// The whole amount, in base units.
    pub total: Uint128,
    /// What was paid of it.
    pub claimed: Uint128,
    /// What can be claimed now.
    pub due: Uint128,
    /// When it becomes due.
    pub schedule: Schedule,
    /// When more becomes due; none once everything is.
    pub next: Option<u64>,
    /// When everything is due.
    pub end: u64,
}

/// Positions of an owner.
#[cw_serde]
pub struct PositionsResponse {
    /// By number.
    pub positions: Vec<PositionResponse>,
}

/// What the contract holds of a token.
#[cw_serde]
pub struct HeldResponse {
    /// Sum of what was not claimed of all positions, in base units. The contract's balance is at least this.
    pub amount: Uint128,
}
