//! Storage, all keys in one place, and the steps that several messages share.
//!
//! cw-ownable keeps `ownership`, cw2 keeps `contract_info` and the contract kit `paused`; keys of this crate differ from them.

use bithive_api::staking::{Params, TotalsResponse};
use bithive_contract_kit::{input, token};
use bithive_economics::pool::{Index, Pool, PoolError};
use bithive_economics::{Emission, Stream, pledge};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Api, CosmosMsg, Env, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map, SnapshotItem, SnapshotMap, Strategy};

use crate::ContractError;

/// Parameters and addresses, as set at instantiation and by the owner.
#[cw_serde]
pub struct Config {
    /// BTK; hooks of any other contract are refused.
    pub token: Addr,
    /// Address that receives what is slashed and not burnt.
    pub treasury: Addr,
    /// Start of the emission, in Unix seconds.
    pub emission_start: u64,
    /// Parameters, checked against their bounds.
    pub params: Params,
}

/// A pool's tokens and shares, as stored.
#[cw_serde]
#[derive(Copy, Default)]
pub struct StoredPool {
    /// Tokens in the pool, in base units of BTK.
    pub tokens: Uint128,
    /// Number of shares.
    pub shares: Uint128,
}

/// A registered node.
#[cw_serde]
pub struct Node {
    /// Capacity in T: 4, 8 or 16.
    pub tera: u16,
    /// Commission, in 1/10,000.
    pub commission_bps: u16,
    /// Pool of what is unbonding.
    pub unbonding: StoredPool,
    /// How often everything that was unbonding was slashed. What began to unbond before is worth nothing.
    pub generation: u64,
    /// Rewards per share, in 2^-64 base units.
    pub per_share: Uint128,
    /// Scaled rewards that the last division left over.
    pub left: Uint128,
    /// Taken by slashes so far, in base units of BTK.
    pub slashed: Uint128,
    /// Rewards that are not in `per_share` yet.
    pub stream: Option<StoredStream>,
}

/// Rewards on their way to a pool.
#[cw_serde]
#[derive(Copy)]
pub struct StoredStream {
    /// Base units that become due between `start` and `end`.
    pub total: Uint128,
    /// Those that have become rewards per share.
    pub taken: Uint128,
    /// Begin, in seconds of the Unix epoch.
    pub start: u64,
    /// End, in seconds of the Unix epoch.
    pub end: u64,
}

impl From<StoredStream> for Stream {
    fn from(StoredStream { total, taken, start, end }: StoredStream) -> Self {
        Self { total: total.u128(), taken: taken.u128(), start, end }
    }
}

impl Node {
    /// Rewards per share.
    #[must_use]
    pub fn index(&self) -> Index {
        Index { per_share: self.per_share.u128(), left: self.left.u128() }
    }

    /// Rewards on their way.
    #[must_use]
    pub fn rewards_ahead(&self) -> Stream {
        self.stream.map(Stream::from).unwrap_or_default()
    }

    /// Keeps what is left of them.
    pub fn put_stream(&mut self, stream: Stream) {
        let Stream { total, taken, start, end } = stream;
        self.stream = (stream.left() > 0).then(|| StoredStream {
            total: total.into(),
            taken: taken.into(),
            start,
            end,
        });
    }

    /// The node at `now`: what became due of its rewards is divided by its `shares`. Needed before these change, and before
    /// anybody's rewards are counted.
    #[must_use]
    pub fn flowed(mut self, shares: u128, now: u64) -> Self {
        let stream = self.rewards_ahead();
        if stream.left() == 0 {
            return self;
        }
        if shares == 0 {
            // It stopped when the last stake left.
            self.put_stream(stream.resume(now));
            return self;
        }
        let (rest, due) = stream.take(now);
        // The remainder of the last division waits for the next one, so that asking often changes nothing.
        if due == 0 {
            return self;
        }
        // An index beyond 128 bits divides nothing more, and holds nobody's stake.
        if let Some(index) = self.index().reward(due, shares) {
            (self.per_share, self.left) = (index.per_share.into(), index.left.into());
            self.put_stream(rest);
        }
        self
    }
}

/// Somebody's stake in a node. Its shares are in [`SHARES`].
#[cw_serde]
#[derive(Default)]
pub struct Delegation {
    /// Shares that can't be unbonded; the operator's only.
    pub locked: Uint128,
    /// Index up to which `rewards` are counted.
    pub per_share: Uint128,
    /// Rewards that were not claimed, in base units of BTK.
    pub rewards: Uint128,
}

/// A locked part of a pledge.
#[cw_serde]
pub struct Lock {
    /// Number of shares.
    pub shares: Uint128,
    /// When it ends, in Unix seconds.
    pub until: u64,
}

/// Stake on its way out.
#[cw_serde]
pub struct Unbonding {
    /// Address of the node's operator.
    pub node: Addr,
    /// Address of the account that unbonds.
    pub delegator: Addr,
    /// Shares of the node's unbonding pool.
    pub shares: Uint128,
    /// [`Node::generation`] when it began.
    pub generation: u64,
    /// When it ends, in Unix seconds.
    pub until: u64,
}

/// Parameters and addresses, as set at instantiation and by the owner.
pub const CONFIG: Item<Config> = Item::new("config");
/// Who may slash.
pub const SLASHERS: Map<&Addr, ()> = Map::new("slashers");
/// Nodes by operator.
pub const NODES: Map<&Addr, Node> = Map::new("nodes");
/// Each node's pool by operator, with its history.
pub const POOLS: SnapshotMap<&Addr, StoredPool> =
    SnapshotMap::new("pools", "pools_checkpoints", "pools_changes", Strategy::EveryBlock);
/// Shares by operator and delegator, with their history.
pub const SHARES: SnapshotMap<(&Addr, &Addr), Uint128> =
    SnapshotMap::new("shares", "shares_checkpoints", "shares_changes", Strategy::EveryBlock);
/// Stake of all nodes, in base units of BTK, with its history.
pub const STAKED: SnapshotItem<Uint128> =
    SnapshotItem::new("staked", "staked_checkpoints", "staked_changes", Strategy::EveryBlock);
/// Delegations by operator and delegator.
pub const DELEGATIONS: Map<(&Addr, &Addr), Delegation> = Map::new("delegations");
/// By delegator and operator: where there is a delegation.
pub const BY_DELEGATOR: Map<(&Addr, &Addr), ()> = Map::new("by_delegator");
/// Locks by operator and number.
pub const LOCKS: Map<(&Addr, u64), Lock> = Map::new("locks");
/// Unbonding stake by its number.
pub const UNBONDINGS: Map<u64, Unbonding> = Map::new("unbondings");
/// By delegator and number.
pub const UNBONDINGS_OF: Map<(&Addr, u64), ()> = Map::new("unbondings_of");
/// Number of the next lock or unbonding; 1 if absent.
pub const NEXT_ID: Item<u64> = Item::new("next_id");
/// What is unbonding at all nodes, in base units of BTK.
pub const UNBONDING: Item<Uint128> = Item::new("unbonding");
/// Rewards that were not claimed, in base units of BTK.
pub const REWARDS: Item<Uint128> = Item::new("rewards");

impl StoredPool {
    /// The same pool as `bithive_economics` computes with.
    #[must_use]
    pub fn pool(self) -> Pool {
        Pool { tokens: self.tokens.u128(), shares: self.shares.u128() }
    }
}

impl From<Pool> for StoredPool {
    fn from(pool: Pool) -> Self {
        Self { tokens: pool.tokens.into(), shares: pool.shares.into() }
    }
}

impl Node {
    /// What somebody's unbonding stake is worth now.
    #[must_use]
    pub fn worth_of(&self, entry: &Unbonding) -> Uint128 {
        let same = entry.generation == self.generation;
        if same { self.unbonding.pool().worth(entry.shares.u128()).into() } else { Uint128::zero() }
    }
}

/// A node whose operator's address is given as text.
///
/// # Errors
/// [`ContractError::NotNode`], an invalid address.
pub fn find(storage: &dyn Storage, api: &dyn Api, node: &str) -> Result<(Addr, Node), ContractError> {
    let address = input::address(api, "node", node)?;
    let found = NODES.may_load(storage, &address)?;
    let node = found.ok_or_else(|| ContractError::NotNode { node: address.to_string() })?;
    Ok((address, node))
}

/// As [`find`], with what has become due of its rewards, which is kept: whoever's rewards are counted next are counted up to
/// there.
///
/// # Errors
/// As [`find`].
pub fn find_at(
    storage: &mut dyn Storage,
    api: &dyn Api,
    env: &Env,
    node: &str,
) -> Result<(Addr, Node), ContractError> {
    let (address, node) = find(storage, api, node)?;
    let flowed = node.clone().flowed(pool(storage, &address)?.shares, env.block.time.seconds());
    if flowed != node {
        NODES.save(storage, &address, &flowed)?;
    }
    Ok((address, flowed))
}

/// A node's stake.
///
/// # Errors
/// Storage.
pub fn pool(storage: &dyn Storage, node: &Addr) -> StdResult<Pool> {
    Ok(POOLS.may_load(storage, node)?.unwrap_or_default().pool())
}

/// Writes a node's stake, and the total.
///
/// # Errors
/// Storage, [`ContractError::Overflow`].
pub fn put_pool(
    storage: &mut dyn Storage,
    node: &Addr,
    pool: Pool,
    height: u64,
) -> Result<(), ContractError> {
    let before = POOLS.may_load(storage, node)?.unwrap_or_default().tokens;
    POOLS.save(storage, node, &pool.into(), height)?;
    let staked = STAKED.load(storage)?.checked_sub(before)?.checked_add(pool.tokens.into())?;
    Ok(STAKED.save(storage, &staked, height)?)
}

/// Somebody's shares of a node.
///
/// # Errors
/// Storage.
pub fn shares(storage: &dyn Storage, node: &Addr, delegator: &Addr) -> StdResult<Uint128> {
    Ok(SHARES.may_load(storage, (node, delegator))?.unwrap_or_default())
}

/// Somebody's delegation with its rewards counted up to now.
///
/// # Errors
/// Storage; [`ContractError::Overflow`] if rewards leave 128 bits.
pub fn settled(
    storage: &dyn Storage,
    address: &Addr,
    node: &Node,
    delegator: &Addr,
) -> Result<Delegation, ContractError> {
    let mut delegation = DELEGATIONS.may_load(storage, (address, delegator))?.unwrap_or_default();
    let shares = shares(storage, address, delegator)?;
    let earned = node.index().earned(shares.u128(), delegation.per_share.u128());
    let too_many = || ContractError::Pool { node: address.to_string(), error: PoolError::TooManyShares };
    delegation.rewards = delegation.rewards.checked_add(earned.ok_or_else(too_many)?.into())?;
    delegation.per_share = node.per_share;
    Ok(delegation)
}

/// Writes a settled delegation and its shares; one of nothing is removed.
///
/// # Errors
/// Storage.
pub fn put_delegation(
    storage: &mut dyn Storage,
    node: &Addr,
    delegator: &Addr,
    delegation: &Delegation,
    shares: Uint128,
    height: u64,
) -> StdResult<()> {
    if shares.is_zero() {
        SHARES.remove(storage, (node, delegator), height)?;
    } else {
        SHARES.save(storage, (node, delegator), &shares, height)?;
    }
    if shares.is_zero() && delegation.rewards.is_zero() {
        DELEGATIONS.remove(storage, (node, delegator));
        BY_DELEGATOR.remove(storage, (delegator, node));
        return Ok(());
    }
    BY_DELEGATOR.save(storage, (delegator, node), &())?;
    DELEGATIONS.save(storage, (node, delegator), delegation)
}

/// A number that no lock and no unbonding has.
///
/// # Errors
/// Storage.
pub fn next_id(storage: &mut dyn Storage) -> StdResult<u64> {
    let id = NEXT_ID.may_load(storage)?.unwrap_or(1);
    NEXT_ID.save(storage, &id.saturating_add(1))?;
    Ok(id)
}

/// What a node should pledge at `now`.
///
/// # Errors
/// A stored start that is out of bounds.
pub fn required(config: &Config, node: &Node, now: u64) -> Result<u128, ContractError> {
    let emission = Emission::new(config.emission_start)?;
    Ok(pledge::required(node.tera, emission.halvings(now)))
}

/// A message that pays BTK.
///
/// # Errors
/// Storage, encoding.
pub fn pay(storage: &dyn Storage, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    Ok(token::transfer(&CONFIG.load(storage)?.token, recipient, amount)?.into())
}

/// What the contract holds.
///
/// # Errors
/// Storage.
pub fn totals(storage: &dyn Storage) -> StdResult<TotalsResponse> {
    let (staked, unbonding) = (STAKED.load(storage)?, UNBONDING.load(storage)?);
    Ok(TotalsResponse { staked, unbonding, rewards: REWARDS.load(storage)? })
}
