//! The payments of the job, measured from outside: every account's money before and after.

use std::collections::BTreeMap;

use anyhow::Result;
use bithive_client::Client;

use super::summary::Payment;

/// One account at one time, in base units.
#[derive(Clone, Copy, Default)]
struct Holding {
    /// Balance, and what it may withdraw.
    money: u128,
    /// Bond as a node.
    bond: u128,
}

/// All watched accounts at one time.
pub(super) struct Balances {
    holdings: BTreeMap<String, Holding>,
    burnt: u128,
}

/// What changed between two times.
pub(super) struct BalanceChanges {
    /// Accounts that gained from the job.
    pub(super) payments: Vec<Payment>,
    /// Nodes whose bond shrank.
    pub(super) slashed: Vec<Payment>,
    /// What the requester paid.
    pub(super) spent: u128,
    /// Part of the slashed bonds that was burnt.
    pub(super) burnt: u128,
}

impl Balances {
    /// All that an account has, by the name under which it is shown: balance, claims and bonds.
    pub(super) fn wealth(&self, name: &str) -> u128 {
        self.holdings.get(name).map_or(0, |held| held.money + held.bond)
    }

    pub(super) async fn take(client: &Client, accounts: &[(String, String)]) -> Result<Self> {
        let mut holdings = BTreeMap::new();
        for (name, address) in accounts {
            let money = client.balance(address).await? + client.claimable(address).await?;
            let bond = client.node(address).await?.map_or(0, |node| node.bond.u128());
            holdings.insert(name.clone(), Holding { money, bond });
        }
        Ok(Self { holdings, burnt: client.supply().await?.burnt.u128() })
    }

    /// The change since `before`. What the treasury gained from slashed bonds is not a payment of the job.
    pub(super) fn since(&self, before: &Self, requester: &str, treasury: &str) -> BalanceChanges {
        let burnt = self.burnt - before.burnt;
        let old = |name: &String| before.holdings.get(name).copied().unwrap_or_default();
        let slashed: Vec<Payment> = self
            .holdings
            .iter()
            .map(|(name, now)| Payment { to: name.clone(), amount: old(name).bond.saturating_sub(now.bond) })
            .filter(|slash| slash.amount > 0)
            .collect();
        let to_treasury = slashed.iter().map(|slash| slash.amount).sum::<u128>().saturating_sub(burnt);
        let gain = |(name, now): (&String, &Holding)| {
            let from_slashing = if name == treasury { to_treasury } else { 0 };
            let amount = now.money.saturating_sub(old(name).money).saturating_sub(from_slashing);
            Payment { to: name.clone(), amount }
        };
        let payments = self.holdings.iter().map(gain).filter(|payment| payment.amount > 0).collect();
        let requester = requester.to_owned();
        let now = self.holdings.get(&requester).copied().unwrap_or_default();
        BalanceChanges { payments, slashed, spent: old(&requester).money.saturating_sub(now.money), burnt }
    }
}
