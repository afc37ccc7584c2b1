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
    /// The contract's owner (governance), a bech32 address.
    pub owner: String,
    /// Address of the cw20 token BTK.
    pub token: String,
    /// Address that receives what is slashed and not burnt.
    pub treasury: String,
    /// Start of the emission, from which halvings are counted, in Unix seconds.
    pub emission_start: u64,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
}

/// Parameters, fixed for the life of the contract.
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
    /// A cw20 `Send` of BTK; `msg` is a [`Hook`]. Sender: the token contract.
    Receive(Cw20ReceiveMsg),
    /// Changes the node's capacity. Sender: an operator.
    SetCapacity {
        /// Capacity in T: 4, 8 or 16.
        tera: u16,
    },
    /// Changes the commission on later rewards. Sender: an operator.
    SetCommission {
        /// Commission, in 1/10,000, at most [`Params::max_commission_bps`].
        commission_bps: u16,
    },
    /// Locks one's own stake for 540 days, as a pledge: what rewards became, and what a lock has let go. Sender: an operator.
    Lock {
        /// Shares; all that are not locked if there is none.
        shares: Option<Uint128>,
    },
    /// By anybody, once its time has come: a part of a pledge is no longer locked.
    Unlock {
        /// Address of the node's operator.
        node: String,
        /// Number of the lock, from 1.
        id: u64,
    },
    /// Starts unbonding. Sender: the delegator, or the operator for its own pledge.
    Unbond {
        /// Address of the node's operator.
        node: String,
        /// Shares to unbond; null for all that are not locked.
        shares: Option<Uint128>,
    },
    /// Pays out an unbonding whose time is over. Sender: anyone.
    Withdraw {
        /// Number of the unbonding, from 1.
        id: u64,
    },
    /// Pays a delegator's rewards. Sender: anyone.
    ClaimRewards {
        /// Address of the node's operator.
        node: String,
        /// Address of who has the stake.
        delegator: String,
    },
    /// Adds the sender's rewards to its stake in the same node. Sender: a delegator or the operator.
    Compound {
        /// Address of the node's operator.
        node: String,
    },
    /// Takes stake, unbonding stake included. Sender: a slasher.
    Slash {
        /// Address of the node's operator.
        node: String,
        /// Most that is taken, in base units.
        amount: Uint128,
        /// Why, for people, at most [`limits::MAX_REASON`] characters.
        reason: String,
    },
    /// Lets an account slash, or no longer. Sender: the owner.
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
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` of BTK is for.
#[cw_serde]
pub enum Hook {
    /// Registers the sender as an operator and pledges what was sent.
    Register {
        /// Capacity in T: 4, 8 or 16.
        tera: u16,
        /// Its commission, in 1/10,000, at most [`Params::max_commission_bps`].
        commission_bps: u16,
    },
    /// Adds to the sender's pledge, locked from now on.
    Pledge {},
    /// Delegates to a node.
    Delegate {
        /// Address of the node's operator.
        node: String,
    },
    /// A reward for a node's pool: the operator's commission at once, the rest over `bithive_economics::stream::SECONDS`.
    Reward {
        /// Address of the node's operator.
        node: String,
    },
}

/// Queries of the `staking` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// A node, null when it is not registered.
    #[returns(Option<NodeResponse>)]
    Node {
        /// Address of the node's operator.
        node: String,
    },
    /// Locks of an operator's pledge.
    #[returns(Vec<LockResponse>)]
    Locks {
        /// Address of the node's operator.
        node: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// An account's stake in a node, null without any.
    #[returns(Option<DelegationResponse>)]
    Delegation {
        /// Address of the node's operator.
        node: String,
        /// Address of who has the stake.
        delegator: String,
    },
    /// An account's stakes, by node.
    #[returns(Vec<DelegationResponse>)]
    Delegations {
        /// Address of who has the stakes.
        delegator: String,
        /// Start after this node.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// An account's unbonding stakes, by number.
    #[returns(Vec<UnbondingResponse>)]
    Unbondings {
        /// Address of who has the stakes.
        delegator: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What an account's stakes in the named nodes were worth before the block at `height`, in base units.
    #[returns(Uint128)]
    VotingPower {
        /// Address of who has the stakes.
        delegator: String,
        /// Operators, each once, at most [`limits::MAX_PAGE`].
        nodes: Vec<String>,
        /// Height of a block of this chain.
        height: u64,
    },
    /// What all stakes were worth before the block at `height`, in base units.
    #[returns(Uint128)]
    TotalPower {
        /// Height of a block of this chain.
        height: u64,
    },
    /// What the contract holds.
    #[returns(TotalsResponse)]
    Totals {},
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
    /// Address of the cw20 token BTK.
    pub token: Addr,
    /// Address that receives what is slashed and not burnt.
    pub treasury: Addr,
    /// Start of the emission, in Unix seconds.
    pub emission_start: u64,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
    /// Whether new stake is refused.
    pub paused: bool,
}

/// A registered node.
#[cw_serde]
pub struct NodeResponse {
    /// Capacity in T: 4, 8 or 16.
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
    /// What it should pledge now, in base units.
    pub required: Uint128,
    /// Part of its work that it is paid for, in 1/10,000: half when the pledge is below what is required.
    pub earning_bps: u16,
    /// Taken by slashes so far, in base units.
    pub slashed: Uint128,
}

/// A locked part of a pledge.
#[cw_serde]
pub struct LockResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Shares that are locked.
    pub shares: Uint128,
    /// When it can be unlocked, in Unix seconds.
    pub until: u64,
}

/// An account's stake in a node.
#[cw_serde]
pub struct DelegationResponse {
    /// Address of the node's operator.
    pub node: Addr,
    /// Shares of the node's pool.
    pub shares: Uint128,
    /// Part of them that is locked.
    pub locked: Uint128,
    /// What they are worth, in base units.
    pub stake: Uint128,
    /// What can be claimed now, in base units.
    pub rewards: Uint128,
}

/// Stake that is unbonding.
#[cw_serde]
pub struct UnbondingResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Address of the node's operator.
    pub node: Addr,
    /// What it is worth now, in base units.
    pub amount: Uint128,
    /// When it can be withdrawn, in Unix seconds.
    pub until: u64,
}

/// What the contract holds, in base units. The sum is its balance of BTK, but for what was sent to it without a hook.
#[cw_serde]
pub struct TotalsResponse {
    /// Stake of all nodes.
    pub staked: Uint128,
    /// What is unbonding.
    pub unbonding: Uint128,
    /// Rewards that were not claimed, due or not.
    pub rewards: Uint128,
}
