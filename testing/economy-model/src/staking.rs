//! Two nodes, operated by the first two accounts: pledges, delegations, slashes, rewards over seven days.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use crate::{ACCOUNTS, DAY, Holder, Ledger, Model, Token};

/// Nodes, operated by the accounts with these numbers.
pub const NODES: usize = 2;
/// Capacity of each node, in T.
pub const TERA: u16 = 4;
/// Commission of each node, in 1/10,000.
pub const COMMISSION: u32 = 1_000;
/// Part of a slash that is burnt, in 1/10,000.
pub const BURN: u32 = 5_000;
/// Seconds of unbonding.
pub const UNBONDING: u64 = 21 * DAY;

#[derive(Clone, Default)]
struct Pool {
    tokens: BigInt,
    shares: BigInt,
}

impl Pool {
    /// None where the pool was slashed to nothing.
    fn add(&mut self, amount: &BigInt) -> Option<BigInt> {
        let zero = BigInt::default();
        let bought = match (self.tokens == zero, self.shares == zero) {
            (_, true) => amount.clone(),
            (true, false) => return None,
            (false, false) => amount * &self.shares / &self.tokens,
        };
        self.tokens += amount;
        self.shares += &bought;
        Some(bought)
    }

    fn worth(&self, shares: &BigInt) -> BigInt {
        if self.shares == BigInt::default() {
            BigInt::default()
        } else {
            &self.tokens * shares / &self.shares
        }
    }

    fn remove(&mut self, shares: &BigInt) -> BigInt {
        let worth = self.worth(shares);
        self.tokens -= &worth;
        self.shares -= shares;
        worth
    }
}

/// A holder's part of a node.
#[derive(Clone, Default)]
struct Stake {
    shares: BigInt,
    locked: BigInt,
    /// Rewards per share, in 2^-64, up to which `rewards` are counted.
    seen: BigInt,
    rewards: BigInt,
}

/// Rewards that become due evenly from `start` to `end`.
#[derive(Clone, Default)]
struct Ahead {
    total: BigInt,
    taken: BigInt,
    start: u64,
    end: u64,
}

impl Ahead {
    fn left(&self) -> BigInt {
        &self.total - &self.taken
    }

    /// Due by now.
    fn by(&self, now: u64) -> BigInt {
        if now >= self.end {
            return self.total.clone();
        }
        &self.total * (now - self.start) / (self.end - self.start)
    }

    /// What is left and another reward, over the mean of their times: seven days for what is new.
    fn add(&mut self, amount: &BigInt, now: u64) {
        let (left, seconds) = (self.left(), self.end.saturating_sub(now));
        let total = &left + amount;
        let mut mean = 1;
        if total > BigInt::default() {
            let of = |part: &BigInt, seconds: u64| u64::try_from(part * seconds / &total).unwrap_or_default();
            mean += of(&left, seconds) + of(amount, 7 * DAY);
        }
        *self = Self { total, taken: BigInt::default(), start: now, end: now + mean.min(7 * DAY) };
    }
}

#[derive(Default)]
struct Node {
    registered: bool,
    staked: Pool,
    unbonding: Pool,
    generation: u64,
    per_share: BigInt,
    left: BigInt,
    ahead: Ahead,
    stakes: [Stake; ACCOUNTS],
}

impl Node {
    /// Divides what has become due by the shares of now; while there are none, nothing becomes due.
    fn flow(&mut self, now: u64) {
        if self.ahead.left() == BigInt::default() {
            return;
        }
        if self.staked.shares == BigInt::default() {
            let seconds = self.ahead.end - self.ahead.start;
            (self.ahead.start, self.ahead.end) = (now, now + seconds);
            return;
        }
        let due = self.ahead.by(now) - &self.ahead.taken;
        // What the last division left waits for the next.
        if due == BigInt::default() {
            return;
        }
        self.ahead.taken += &due;
        let scaled = (due << 64u32) + &self.left;
        self.per_share += &scaled / &self.staked.shares;
        self.left = scaled % &self.staked.shares;
    }

    /// What somebody could claim.
    fn rewards(&self, account: usize) -> BigInt {
        let stake = &self.stakes[account];
        &stake.rewards + (((&self.per_share - &stake.seen) * &stake.shares) >> 64u32)
    }

    /// Counts rewards before shares change; a message that is refused counts nothing.
    fn settle(&mut self, account: usize) {
        let (rewards, seen) = (self.rewards(account), self.per_share.clone());
        let stake = &mut self.stakes[account];
        (stake.rewards, stake.seen) = (rewards, seen);
    }
}

struct Leaving {
    node: usize,
    account: usize,
    shares: BigInt,
    generation: u64,
    until: u64,
}

/// The nodes, their pools, and what is unbonding.
pub struct Staking {
    start: u64,
    nodes: [Node; NODES],
    leaving: BTreeMap<u64, Leaving>,
    /// Numbers of locks and of what is leaving.
    next_id: u64,
}

impl Staking {
    pub(crate) fn new(start: u64) -> Self {
        Self { start, nodes: Default::default(), leaving: BTreeMap::new(), next_id: 1 }
    }

    /// 100 BTK for each T, doubled at each halving.
    fn required(&self, now: u64) -> BigInt {
        let halvings = (now - self.start) / (2_100 * DAY);
        (BigInt::from(100_000_000u64) * TERA) << halvings
    }

    pub(crate) fn pledged_enough(&self, account: usize, now: u64) -> bool {
        let Some(node) = self.nodes.get(account).filter(|node| node.registered) else { return false };
        node.staked.worth(&node.stakes[account].locked) >= self.required(now)
    }

    /// What has become due by now is divided, at every node.
    pub(crate) fn flow(&mut self, now: u64) {
        for node in &mut self.nodes {
            node.flow(now);
        }
    }

    /// A number that may be leaving, for operations that name one.
    #[must_use]
    pub fn some_leaving(&self, index: usize) -> u64 {
        let count = self.leaving.len().max(1);
        self.leaving.keys().nth(index % count).copied().unwrap_or(9_999_999)
    }

    pub(crate) fn invariants(&self, ledger: &Ledger) -> Result<(), String> {
        let zero = BigInt::default();
        let mut held = zero.clone();
        for (index, node) in self.nodes.iter().enumerate() {
            let shares: BigInt = node.stakes.iter().map(|stake| &stake.shares).sum();
            if shares != node.staked.shares {
                return Err(format!(
                    "shares of node {index} are {shares}, the pool has {}",
                    node.staked.shares
                ));
            }
            let worth: BigInt = node.stakes.iter().map(|stake| node.staked.worth(&stake.shares)).sum();
            if worth > node.staked.tokens || node.staked.tokens < zero || node.unbonding.tokens < zero {
                return Err(format!("node {index} has {} and owes {worth}", node.staked.tokens));
            }
            held += &node.staked.tokens + &node.unbonding.tokens;
            held += node.stakes.iter().map(|stake| &stake.rewards).sum::<BigInt>() + node.ahead.left();
        }
        let balance = ledger.balance(Token::Btk, Holder::Staking);
        if held > balance { Err(format!("stakes and rewards are {held} of {balance}")) } else { Ok(()) }
    }
}

impl Model {
    fn take_btk(&mut self, account: usize, amount: &BigInt) -> bool {
        *amount > BigInt::default()
            && self.ledger.pay(Token::Btk, Holder::Account(account), Holder::Staking, amount)
    }

    fn has_btk(&self, account: usize, amount: &BigInt) -> bool {
        *amount > BigInt::default() && self.ledger.balance(Token::Btk, Holder::Account(account)) >= *amount
    }

    /// An operator registers with a pledge, or adds to it.
    pub fn pledge(&mut self, node: usize, amount: u128, register: bool) -> bool {
        let amount = BigInt::from(amount);
        if self.staking.nodes[node].registered == register || !self.has_btk(node, &amount) {
            return false;
        }
        let Some(bought) = self.staking.nodes[node].staked.add(&amount) else { return false };
        let target = &mut self.staking.nodes[node];
        target.registered = true;
        target.settle(node);
        target.stakes[node].shares += &bought;
        target.stakes[node].locked += &bought;
        self.staking.next_id += 1;
        self.take_btk(node, &amount)
    }

    /// An account delegates base units of BTK to a node.
    pub fn delegate(&mut self, node: usize, account: usize, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        let target = &self.staking.nodes[node];
        if !target.registered || node == account || !self.has_btk(account, &amount) {
            return false;
        }
        let target = &mut self.staking.nodes[node];
        let Some(bought) = target.staked.add(&amount) else { return false };
        target.settle(account);
        target.stakes[account].shares += bought;
        self.take_btk(account, &amount)
    }

    /// Somebody takes out a part, in 1/10,000, of the shares that are not locked; the shares, if the contract must take
    /// the message.
    pub fn unbond(&mut self, node: usize, account: usize, part: u32) -> (BigInt, bool) {
        let target = &mut self.staking.nodes[node];
        let free = &target.stakes[account].shares - &target.stakes[account].locked;
        let shares = free * part / 10_000u32;
        if !target.registered || shares == BigInt::default() {
            return (shares, false);
        }
        target.settle(account);
        let worth = target.staked.remove(&shares);
        target.stakes[account].shares -= &shares;
        if target.staked.shares == BigInt::default() {
            let (total, seconds) = (target.ahead.left(), target.ahead.end.saturating_sub(self.now));
            target.ahead =
                Ahead { total, taken: BigInt::default(), start: self.now, end: self.now + seconds };
        }
        if worth > BigInt::default() {
            // It can take more: what was slashed to nothing has made room for a new generation.
            let bought = target.unbonding.add(&worth).unwrap_or_default();
            let (generation, until) = (target.generation, self.now + UNBONDING);
            let leaving = Leaving { node, account, shares: bought, generation, until };
            self.staking.leaving.insert(self.staking.next_id, leaving);
            self.staking.next_id += 1;
        }
        (shares, true)
    }

    /// An operator locks a part, in 1/10,000, of its shares that are not locked; the shares, if the contract must take the
    /// message.
    pub fn lock_stake(&mut self, node: usize, part: u32) -> (BigInt, bool) {
        let target = &mut self.staking.nodes[node];
        let shares = (&target.stakes[node].shares - &target.stakes[node].locked) * part / 10_000u32;
        if !target.registered || shares == BigInt::default() {
            return (shares, false);
        }
        target.settle(node);
        target.stakes[node].locked += &shares;
        self.staking.next_id += 1;
        (shares, true)
    }

    /// Anybody pays what has unbonded.
    pub fn withdraw_stake(&mut self, id: u64) -> bool {
        match self.staking.leaving.get(&id) {
            Some(leaving) if leaving.until <= self.now => {}
            _ => return false,
        }
        let Some(leaving) = self.staking.leaving.remove(&id) else { return false };
        let node = &mut self.staking.nodes[leaving.node];
        if leaving.generation == node.generation {
            let worth = node.unbonding.remove(&leaving.shares);
            self.ledger.pay(Token::Btk, Holder::Staking, Holder::Account(leaving.account), &worth);
        }
        true
    }

    /// Somebody rewards a node's stake.
    pub fn reward_node(&mut self, node: usize, account: usize, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        let target = &self.staking.nodes[node];
        if !target.registered || target.staked.shares == BigInt::default() || !self.has_btk(account, &amount)
        {
            return false;
        }
        let target = &mut self.staking.nodes[node];
        let commission = &amount * COMMISSION / 10_000u32;
        target.ahead.add(&(&amount - &commission), self.now);
        if commission > BigInt::default() {
            target.settle(node);
            target.stakes[node].rewards += commission;
        }
        self.take_btk(account, &amount)
    }

    /// Anybody has somebody's rewards paid.
    pub fn claim_reward(&mut self, node: usize, account: usize) -> bool {
        let target = &mut self.staking.nodes[node];
        let amount = target.rewards(account);
        if !target.registered || amount == BigInt::default() {
            return false;
        }
        target.settle(account);
        target.stakes[account].rewards = BigInt::default();
        self.ledger.pay(Token::Btk, Holder::Staking, Holder::Account(account), &amount)
    }

    /// Somebody turns rewards into stake.
    pub fn compound(&mut self, node: usize, account: usize) -> bool {
        let target = &mut self.staking.nodes[node];
        let amount = target.rewards(account);
        if !target.registered || amount == BigInt::default() {
            return false;
        }
        let Some(bought) = target.staked.add(&amount) else { return false };
        target.settle(account);
        target.stakes[account].rewards = BigInt::default();
        target.stakes[account].shares += bought;
        true
    }

    /// A slasher takes stake, also what is unbonding: never more than there is.
    pub fn slash(&mut self, node: usize, amount: u128) -> bool {
        let target = &mut self.staking.nodes[node];
        if !target.registered || amount == 0 {
            return false;
        }
        let whole = &target.staked.tokens + &target.unbonding.tokens;
        let amount = BigInt::from(amount).min(whole.clone());
        let zero = BigInt::default();
        let leaving = if whole == zero { zero.clone() } else { &amount * &target.unbonding.tokens / whole };
        target.unbonding.tokens -= &leaving;
        target.staked.tokens -= &amount - &leaving;
        if target.unbonding.tokens == zero && target.unbonding.shares > zero {
            target.unbonding = Pool::default();
            target.generation += 1;
        }
        let burnt = &amount * BURN / 10_000u32;
        let rest = &amount - &burnt;
        self.ledger.burn(Token::Btk, Holder::Staking, &burnt)
            && self.ledger.pay(Token::Btk, Holder::Staking, Holder::Treasury, &rest)
    }
}
