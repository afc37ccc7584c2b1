//! `bithive stake list` and `pool`: who has what behind which node.

use anyhow::{Context, Result};
use bithive_api::staking::{DelegationResponse, LockResponse, NodeResponse, UnbondingResponse};
use bithive_command_kit::{Output, table};
use cosmwasm_std::Uint128;
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, address, btk, economy, named_or_all, now, percent, until};

#[derive(Serialize)]
struct Staker {
    name: String,
    address: String,
    voting_power: Uint128,
    stakes: Vec<DelegationResponse>,
    unbonding: Vec<UnbondingResponse>,
    /// The node that it operates.
    pool: Option<NodeResponse>,
    complete: bool,
}

#[derive(Serialize)]
struct Pool {
    node: String,
    #[serde(flatten)]
    pool: NodeResponse,
    locks: Vec<LockResponse>,
    max_commission_bps: u16,
    unbonding_seconds: u64,
}

/// What these accounts have at stake, and what their votes weigh.
pub(super) async fn list(accounts: &Accounts, names: Vec<String>, output: Output) -> Result<()> {
    let (client, now) = (economy(accounts)?, now(accounts).await?);
    let mut stakers = Vec::new();
    for name in named_or_all(accounts, names)? {
        let address = address(accounts, &name)?;
        let stakes = client.delegations(&address).await?;
        let unbonding = client.unbondings(&address).await?;
        let nodes: Vec<_> = stakes.entries.iter().map(|stake| stake.node.to_string()).collect();
        stakers.push(Staker {
            voting_power: client.voting_power(&address, &nodes).await?.into(),
            pool: client.pool(&address).await?,
            complete: stakes.complete && unbonding.complete,
            stakes: stakes.entries,
            unbonding: unbonding.entries,
            name,
            address,
        });
    }
    let book = AddressBook::of(accounts)?;
    output.show(&stakers, |stakers| show(stakers, &book, now))
}

fn show(stakers: &[Staker], book: &AddressBook, now: u64) {
    let mut rows =
        table(&["wallet", "operator", "stake", "shares", "locked shares", "rewards", "withdrawal"]);
    for Staker { name, stakes, unbonding, .. } in stakers {
        for stake in stakes {
            rows.add_row([
                name.clone(),
                book.name(stake.node.as_str()),
                btk(stake.stake.u128()),
                stake.shares.to_string(),
                stake.locked.to_string(),
                btk(stake.rewards.u128()),
                String::new(),
            ]);
        }
        for entry in unbonding {
            rows.add_row([
                name.clone(),
                book.name(entry.node.as_str()),
                btk(entry.amount.u128()),
                String::new(),
                String::new(),
                String::new(),
                format!("number {}, {}", entry.id, until(entry.until, now)),
            ]);
        }
    }
    if rows.is_empty() {
        println!("nobody of them has stake");
        return;
    }
    println!("{rows}");
    for staker in stakers.iter().filter(|staker| !staker.voting_power.is_zero()) {
        println!("{} votes with {}", staker.name, btk(staker.voting_power.u128()));
    }
    for (staker, pool) in stakers.iter().filter_map(|staker| Some((staker, staker.pool.as_ref()?))) {
        println!("{} operates {}", staker.name, in_short(pool));
    }
    for staker in stakers.iter().filter(|staker| !staker.complete) {
        println!("{} has more than is listed here", staker.name);
    }
}

/// The pool of an operator.
pub(super) async fn pool(accounts: &Accounts, node: &str, output: Output) -> Result<()> {
    let (client, now) = (economy(accounts)?, now(accounts).await?);
    let address = address(accounts, node)?;
    let pool = client.pool(&address).await?;
    let pool = pool.with_context(|| format!("{node:?} operates no node; `stake bond` registers one"))?;
    let params = client.staking_config().await?.params;
    let answer = Pool {
        locks: client.locks(&address).await?.entries,
        node: address,
        pool,
        max_commission_bps: params.max_commission_bps,
        unbonding_seconds: params.unbonding_seconds,
    };
    output.show(&answer, |answer| {
        let pool = &answer.pool;
        println!("{node}: {}", in_short(pool));
        println!(
            "commission {}, at most {}",
            percent(pool.commission_bps),
            percent(answer.max_commission_bps)
        );
        println!(
            "stake {} in {} shares, unbonding {}, slashed so far {}",
            btk(pool.stake.u128()),
            pool.shares,
            btk(pool.unbonding.u128()),
            btk(pool.slashed.u128())
        );
        let mut rows = table(&["lock", "shares", "until"]);
        for lock in &answer.locks {
            rows.add_row([lock.id.to_string(), lock.shares.to_string(), until(lock.until, now)]);
        }
        println!("{rows}");
    })
}

fn in_short(pool: &NodeResponse) -> String {
    format!(
        "{} T, pledge {} of {} required, earns {}",
        pool.tera,
        btk(pool.pledge.u128()),
        btk(pool.required.u128()),
        percent(pool.earning_bps)
    )
}
