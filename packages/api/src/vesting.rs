//! `vesting`: amounts that become due on a schedule.
//!
//! A holder of a cw20 locks an amount for an account by `Send` with [`Hook::Lock`]; every such amount is a position
//! with a number. Anyone can trigger the payment of what is due; it goes to the position's owner. A position can be
//! transferred to another account. It can be revoked only if it was created revocable, and then only what is not due.

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
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: the token contract, whatever contract that is.
    Receive(Cw20ReceiveMsg),
    /// Pays the owner what is due. Sender: anyone.
    Claim {
        /// Number of the position, from 1.
        id: u64,
    },
    /// Pays the owner what is due, and makes another account the owner of the rest. Sender: the owner.
    Transfer {
        /// Number of the position, from 1.
        id: u64,
        /// Address of the new owner.
        new_owner: String,
    },
    /// Pays the owner what is due, and returns the rest. Sender: the account that made a revocable position.
    Revoke {
        /// Number of the position, from 1.
        id: u64,
    },
}

crate::permissions!(ExecuteMsg {
    Receive: AnyToken,
    Claim: Anyone,
    Transfer: PositionOwner,
    Revoke: Revoker,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// Locks the tokens for `owner`.
    Lock {
        /// Address that receives what becomes due.
        owner: String,
        /// When parts of the amount become due.
        schedule: Schedule,
        /// Whether the sender may take back what is not due.
        revocable: bool,
    },
}

/// When an amount becomes due: `immediate_bps` of it at the start, the rest in equal steps. A linear schedule is one
/// whose step is a second.
#[cw_serde]
pub struct Schedule {
    /// Start, in Unix seconds. It may be past: what would have become due since then is due at once.
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

/// Queries of the `vesting` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// A position, null when there is none of that number (any more).
    #[returns(Option<PositionResponse>)]
    Position {
        /// Number of the position, from 1.
        id: u64,
    },
    /// The positions of an owner, by number.
    #[returns(PositionsResponse)]
    Positions {
        /// Address of the owner.
        owner: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Amount of a token that the contract holds for positions.
    #[returns(HeldResponse)]
    Held {
        /// Address of the cw20 token.
        token: String,
    },
}

/// A locked amount and when it becomes due.
#[cw_serde]
pub struct PositionResponse {
    /// Number of the position, from 1.
    pub id: u64,
    /// Address of the cw20 token.
    pub token: Addr,
    /// Address that receives what becomes due.
    pub owner: Addr,
    /// Address that may revoke it; null if nobody may.
    pub revoker: Option<Addr>,
    /// The whole amount, in base units.
    pub total: Uint128,
    /// What was paid so far, in base units.
    pub claimed: Uint128,
    /// What can be claimed now, in base units.
    pub due: Uint128,
    /// When parts of the amount become due.
    pub schedule: Schedule,
    /// When the next part becomes due, in Unix seconds; null once everything is due.
    pub next: Option<u64>,
    /// When everything is due, in Unix seconds.
    pub end: u64,
}

/// Positions of an owner.
#[cw_serde]
pub struct PositionsResponse {
    /// The positions, by ascending number.
    pub positions: Vec<PositionResponse>,
}

/// Amount of a token that the contract holds for positions.
#[cw_serde]
pub struct HeldResponse {
    /// Sum of what was not claimed of all positions, in base units. The contract's balance is at least this.
    pub amount: Uint128,
}
