//! The report of a run.

use serde::Serialize;

use crate::Broken;

/// The state of the contracts at the beginning of a day. Amounts are in base units (10^-6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Days since the emission started.
    pub day: u64,
    /// Halvings by then.
    pub halvings: u64,
    /// Nodes that work.
    pub nodes: u64,
    /// Capacity of these nodes, in T.
    pub tera: u64,
    /// Nodes of these that are paid for all of their work, since they pledge what they should.
    pub paid_whole: u64,
    /// BTK that a T should pledge.
    pub pledge_per_tera: u128,
    /// BTK that an average T earned on a day since the row before.
    pub daily_per_tera: u128,
    /// BTK emitted by the schedule so far.
    pub emitted: u128,
    /// BTK minted for contributors.
    pub contributors: u128,
    /// BTK minted for application value.
    pub application: u128,
    /// BTK minted for the foundation.
    pub foundation: u128,
    /// BTK minted for infrastructure.
    pub infrastructure: u128,
    /// BTK emitted and not minted, since they are not due yet or nobody asked for them.
    pub locked: u128,
    /// BTK minted so far, all buckets together.
    pub minted: u128,
    /// BTK burnt: slashed, or bought by the treasury.
    pub burnt: u128,
    /// BTK taken by slashes so far.
    pub slashed: u128,
    /// BTK bought by the treasury.
    pub bought: u128,
    /// BTK behind nodes.
    pub staked: u128,
    /// BTK on their way out of stakes.
    pub unbonding: u128,
    /// BTK that pools owe as rewards.
    pub rewards: u128,
    /// BTK that anybody can move: minted, not burnt, and neither with the staking contract nor in the treasury.
    pub circulating: u128,
    /// SKY that are not locked, of 20 billion.
    pub sky_circulating: u128,
    /// BTT that are neither locked nor in the treasury, the budget of rewards, the time bank or the market.
    pub btt_circulating: u128,
    /// BTT that patients were paid.
    pub patients: u128,
    /// BTT that the treasury paid for BTK.
    pub treasury_paid: u128,
    /// BTT that the treasury burnt.
    pub btt_burnt: u128,
    /// Credits of idle time, with their interest; whole numbers.
    pub credits: u64,
    /// BTT that back credits.
    pub credits_backing: u128,
    /// BTT that credits paid for jobs.
    pub credits_spent: u128,
}

/// What somebody was entitled to by the end, paid or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entitled {
    /// An account, a bucket, or a line of the token tables.
    pub holder: String,
    /// In base units.
    pub amount: u128,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One for every 30 days, the first and the last day included.
    pub rows: Vec<Row>,
    /// What everybody was entitled to by the last row.
    pub entitled: Vec<Entitled>,
    /// Blocks of the chain at the end.
    pub blocks: u64,
    /// Comparisons that held.
    pub checks: u64,
    /// The check that ended the run, if one failed.
    pub broken: Option<Broken>,
}
