//! `staking`: BTK behind nodes.
//!
//! A node's operator pledges BTK for its capacity, locked for 540 days; others delegate to it. Both are shares of one pool,
//! so a slash reaches everybody at once, and what is unbonding as well. Rewards are sent to a node's pool by anybody; the
//! operator keeps its commission of them, and the rest becomes due to the pool over seven days. Amounts of shares are not amounts of BTK once a pool was slashed.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::events;

events! {
    //! What the contract announces. Amounts are in base units of BTK, `node` is the operator's address.

    /// A node was registered; `tera` is its capacity in T.
    Registered, REGISTERED = "staking_registered" { node: Addr, tera: u16, commission_bps: u16 }
    /// Stake was added to a pool. The operator's own is a pledge: locked under the number `lock` until the Unix time
    /// `until`, in seconds.
    Staked, STAKED = "staking_staked" {
        node: Addr, delegator: Addr, amount: Uint128, shares: Uint128, lock: Option<u64>, until: Option<u64>,
    }
    /// Stake began to unbond. It is paid under the number `id` after the Unix time `until`, in seconds; without them if
    /// the shares are worth nothing.
    Unbonding, UNBONDING = "staking_unbonding" {
        node: Addr, delegator: Addr, shares: Uint128, amount: Uint128, id: Option<u64>, until: Option<u64>,
    }
    /// Unbonded stake was paid.
    Withdrawn, WITHDRAWN = "staking_withdrawn" { id: u64, node: Addr, delegator: Addr, amount: Uint128 }
    /// Stake of the operator was locked, and is a pledge, under the number `id` until the Unix time `until`, in seconds.
    Locked, LOCKED = "staking_locked" { node: Addr, id: u64, shares: Uint128, until: u64 }
    /// A part of a pledge is no longer locked.
    Unlocked, UNLOCKED = "staking_unlocked" { node: Addr, id: u64, shares: Uint128 }
    /// A pool received a reward, `commission` of it for the operator.
    Rewarded, REWARDED = "staking_rewarded" { node: Addr, amount: Uint128, commission: Uint128 }
    /// Rewards were paid, or became stake.
    Claimed, CLAIMED = "staking_claimed" { node: Addr, delegator: Addr, amount: Uint128, compounded: bool }
    /// A pool was slashed: `burnt` of `taken` was burnt, and `from_unbonding` of it was on its way out.
    Slashed, SLASHED = "staking_slashed" {
        node: Addr, taken: Uint128, burnt: Uint128, from_unbonding: Uint128, reason: String,
    }
    /// A node changed its capacity or its commission.
    Changed, CHANGED = "staking_changed" { node: Addr, tera: u16, commission_bps: u16 }
    /// An account may, or may no longer, slash.
    Slasher, SLASHER = "staking_slasher" { slasher: Addr, allowed: bool }
    /// New stake is refused or taken again.
    Paused, PAUSED = "staking_paused" { paused: bool }
}

/// Bounds of the contract.
pub mod limits {
    /// Most nodes of one question for voting power, and most rows of a page.
    pub const MAX_PAGE: u32 = 30;
    /// Least and most of [`Params::unbonding_seconds`](super::Params::unbonding_seconds): a day and 90 days.
    pub const UNBONDING_SECONDS: (u64, u64) = (86_400, 90 * 86_400);
    /// Most characters of a reason.
    pub const MAX_REASON: usize = 256;
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Governance.
    pub owner: String,
    /// BTK.
    pub token: String,
    /// Receives what is slashed and not burnt.
    pub treasury: String,
    /// Start of the emission, from which halvings are counted, in Unix seconds.
    pub emission_start: u64,
    /// Numbers that hold for the life of the contract.
    pub params: Params,
}

/// Numbers that hold for the life of the contract.
#[cw_serde]
pub struct Params {
    /// Seconds from `Unbond` to `Withdraw`, within [`limits::UNBONDING_SECONDS`].
    pub unbonding_seconds: u64,
    /// Part of a slash that is burnt, in 1/10,000.
    pub burn_bps: u16,
    /// Most that a commission may be, in 1/10,000.
    pub max_commission_bps: u16,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// From BTK: `msg` is a [`Hook`].
    Receive(Cw20ReceiveMsg),
    /// Sender: an operator.
    SetCapacity {
        /// 4, 8 or 16 T.
        tera: u16,
    },
    /// Holds for rewards from now on. Sender: an operator.
    SetCommission {
        /// In 1/10,000, at most [`Params::max_commission_bps`].
        commission_bps: u16,
    },
    /// Locks one's own stake for 540 days, as a pledge: what rewards became, and what a lock has let go. Sender: an operator.
    Lock {
        /// Shares; all that are not locked if there is none.
        shares: Option<Uint128>,
    },
    /// By anybody, once its time has come: a part of a pledge is no longer locked.
    Unlock {
        /// The operator.
        node: String,
        /// Number of the lock.
        id: u64,
    },
    /// Begins to take stake out. Sender: whose stake it is.
    Unbond {
        /// The operator.
        node: String,
        /// Shares; all that are not locked if there is none.
        shares: Option<Uint128>,
    },
    /// By anybody, once its time has come: pays what was unbonding.
    Withdraw {
        /// Number of the unbonding.
        id: u64,
    },
    /// By anybody: pays a delegator's rewards.
    ClaimRewards {
        /// The operator.
        node: String,
        /// Whose rewards.
        delegator: String,
    },
    /// Turns one's rewards into stake of the same node. Sender: whose rewards they are.
    Compound {
        /// The operator.
        node: String,
    },
    /// Takes stake, also what is unbonding. Sender: a slasher.
    Slash {
        /// The operator.
        node: String,
        /// Most that is taken.
        amount: Uint128,
        /// Why, for people, at most [`limits::MAX_REASON`] characters.
        reason: String,
    },
    /// Sender: the owner.
    SetSlasher {
        /// A contract that finds faults.
        slasher: String,
        /// Whether it may slash.
        allowed: bool,
    },
    /// Refuses new stake or takes it again; stake leaves at any time. Sender: the owner.
    SetPaused {
        /// Whether new stake is refused.
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
    SetCapacity: Anyone,
    SetCommission: Anyone,
    Lock: Anyone,
    Unlock: Anyone,
    Unbond: Anyone,
    Withdraw: Anyone,
    ClaimRewards: Anyone,
    Compound: Anyone,
    Slash: Slasher,
    SetSlasher: Owner,
    SetPaused: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What BTK that are sent are for.
#[cw_serde]
pub enum Hook {
    /// Registers the sender as an operator and pledges what was sent.
    Register {
        /// 4, 8 or 16 T.
        tera: u16,
        /// Its commission, in 1/10,000.
        commission_bps: u16,
    },
    /// Adds to the sender's pledge, locked from now on.
    Pledge {},
    /// Delegates to a node.
    Delegate {
        /// The operator.
        node: String,
    },
    /// A reward for a node's pool: the operator's commission at once, the rest over `bithive_economics::stream::SECONDS`.
    Reward {
        /// The operator.
        node: String,
    },
}

/// Queries.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What holds now.
    #[returns(ConfigResponse)]
    Config {},
    /// A node, null when it is not registered.
    #[returns(Option<NodeResponse>)]
    Node {
        /// The operator.
        node: String,
    },
    /// Locks of an operator's pledge.
    #[returns(Vec<LockResponse>)]
    Locks {
        /// The operator.
        node: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Somebody's stake in a node, null without any.
    #[returns(Option<DelegationResponse>)]
    Delegation {
        /// The operator.
        node: String,
        /// Whose stake.
        delegator: String,
    },
    /// Somebody's stakes, by node.
    #[returns(Vec<DelegationResponse>)]
    Delegations {
        /// Whose stakes.
        delegator: String,
        /// Start after this node.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Somebody's unbonding stakes, by number.
    #[returns(Vec<UnbondingResponse>)]
    Unbondings {
        /// Whose.
        delegator: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What somebody's stakes in the named nodes were worth before the block at `height`.
    #[returns(Uint128)]
    VotingPower {
        /// Whose stakes.
        delegator: String,
        /// Operators, each once, at most [`limits::MAX_PAGE`].
        nodes: Vec<String>,
        /// Height of a block.
        height: u64,
    },
    /// What all stakes were worth before the block at `height`.
    #[returns(Uint128)]
    TotalPower {
        /// Height of a block.
        height: u64,
    },
    /// What the contract holds.
    #[returns(TotalsResponse)]
    Totals {},
}

/// What holds now.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance.
    pub owner: Option<Addr>,
    /// Who has been proposed as the next owner.
    pub pending_owner: Option<Addr>,
    /// BTK.
    pub token: Addr,
    /// Receives what is slashed and not burnt.
    pub treasury: Addr,
    /// Start of the emission.
    pub emission_start: u64,
    /// Numbers that hold for the life of the contract.
    pub params: Params,
    /// Whether new stake is refused.
    pub paused: bool,
}

/// A node.
#[cw_serde]
pub struct NodeResponse {
    /// Capacity in T.
    pub tera: u16,
    /// Commission, in 1/10,000.
    pub commission_bps: u16,
    /// Stake of everybody, in base units.
    pub stake: Uint128,
    /// Shares of everybody.
    pub shares: Uint128,
    /// What is unbonding, in base units.
    pub unbonding: Uint128,
    /// What the operator has locked, in base units: its pledge. What it could take out at once is none.
    pub pledge: Uint128,
    /// What it should pledge now.
    pub required: Uint128,
    /// Part of its work that it is paid for, in 1/10,000: half when the pledge is below what is required.
    pub earning_bps: u16,
    /// Taken by slashes so far.
    pub slashed: Uint128,
}

/// A locked part of a pledge.
#[cw_serde]
pub struct LockResponse {
    /// Its number.
    pub id: u64,
    /// Shares that are locked.
    pub shares: Uint128,
    /// Until when, in Unix seconds.
    pub until: u64,
}

/// Somebody's stake in a node.
#[cw_serde]
pub struct DelegationResponse {
    /// The operator.
    pub node: Addr,
    /// Shares.
    pub shares: Uint128,
    /// Part of them that is locked.
    pub locked: Uint128,
    /// What they are worth, in base units.
    pub stake: Uint128,
    /// What can be claimed now, in base units.
    pub rewards: Uint128,
}

/// Stake on its way out.
#[cw_serde]
pub struct UnbondingResponse {
    /// Its number.
    pub id: u64,
    /// The operator.
    pub node: Addr,
    /// What it is worth now, in base units.
    pub amount: Uint128,
    /// When it can be withdrawn, in Unix seconds.
    pub until: u64,
}

/// What the contract holds, in base units. The sum is its balance of BTK, but for what was sent to it without a hook.
#[cw_serde]
pub struct TotalsResponse {
    /// Stake.
    pub staked: Uint128,
    /// What is unbonding.
    pub unbonding: Uint128,
    /// Rewards that were not claimed, due or not.
    pub rewards: Uint128,
}
