//! Rounds on a chain, and what `bithive randomness show`, `round` and `list` print of them.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bithive_api::ContractEvent as _;
use bithive_api::randomness::{
    BeaconResponse, Event, ExecuteMsg, RequestResponse, RequestsOf, WantedResponse,
};
use bithive_chain::Receipt;
use bithive_client::Randomness;
use bithive_client::amount::show as amount;
use bithive_command_kit::{Output, table};
use bithive_drand::{Chain, QUICKNET};
use serde::Serialize;
use serde_json::json;

use super::accounts::{Accounts, Done, address, named_or_all, now, until};

/// A chain with its rounds, and the network that they are of.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) randomness: Randomness,
    pub(super) network: Chain,
}

impl<'a> Site<'a> {
    pub(super) async fn open(accounts: &'a Accounts) -> Result<Self> {
        let randomness = Randomness::new(accounts.client().clone())?;
        let network = randomness.network().await?;
        Ok(Self { accounts, randomness, network })
    }

    /// Whether the network is drand's, and no stand-in for it.
    pub(super) fn is_quicknet(&self) -> bool {
        self.network.public_key == QUICKNET.public_key
    }

    /// Sends a message, and reads what the contract has announced.
    pub(super) async fn tell<T>(
        &self,
        from: &str,
        message: &ExecuteMsg,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        let account = self.accounts.account(from).await?;
        let receipt = self.randomness.execute(&account, message).await?;
        self.read(&receipt, event, pick)
    }

    pub(super) fn read<T>(
        &self,
        receipt: &Receipt,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        Done::read(receipt, self.randomness.contract(), event, pick)
    }
}

/// Shows the network, what is known and what is wanted.
pub(super) async fn show(site: &Site<'_>, output: Output) -> Result<()> {
    let config = site.randomness.config().await?;
    let (newest, wanted) = (site.randomness.newest().await?, site.randomness.wanted(None).await?);
    let time = now(site.accounts).await?;
    let answer = json!({
        "contract": site.randomness.contract(), "token": config.token, "drand": config.drand, "quicknet": site.is_quicknet(),
        "newest": newest, "wanted": wanted.entries, "complete": wanted.complete,
    });
    output.show(&answer, |_| {
        let network = if site.is_quicknet() { "drand's quicknet" } else { "a stand-in or another network" };
        println!("rounds of {network}, one in {} s", site.network.period);
        let mut rows = table(&["round", "randomness"]);
        for BeaconResponse { round, randomness } in &newest {
            rows.add_row([round.to_string(), randomness.to_hex()]);
        }
        println!("{}", if newest.is_empty() { "no round is known yet".into() } else { rows.to_string() });
        let mut rows = table(&["wanted", "signed", "bounty"]);
        for WantedResponse { round, at, bounty } in &wanted.entries {
            rows.add_row([round.to_string(), until(*at, time), amount(bounty.u128())]);
        }
        println!(
            "{}",
            if wanted.entries.is_empty() { "nobody waits for a round".into() } else { rows.to_string() }
        );
    })
}

/// Prints a round. 1 if the chain does not know it.
pub(super) async fn round(site: &Site<'_>, round: u64, output: Output) -> Result<ExitCode> {
    let (found, at) = (site.randomness.beacon(round).await?, site.network.time_of(round)?);
    let time = now(site.accounts).await?;
    output.show(&found, |found| match found {
        Some(found) => println!("{}", found.randomness),
        None => println!("round {round} is not known; the network signs it {}", until(at, time)),
    })?;
    Ok(if found.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    requests: Vec<RequestResponse>,
    complete: bool,
    /// In base units of BTT.
    claimable: u128,
}

/// Lists what accounts wait for, and what they can withdraw.
pub(super) async fn list(site: &Site<'_>, names: Vec<String>, output: Output) -> Result<()> {
    let mut all = Vec::new();
    for name in named_or_all(site.accounts, names)? {
        let address = address(site.accounts, &name)?;
        let found = site.randomness.requests(RequestsOf::Consumer(address.clone())).await?;
        let claimable = site.randomness.claimable(&address).await?;
        all.push(Listed { name, address, requests: found.entries, complete: found.complete, claimable });
    }
    let time = now(site.accounts).await?;
    output.show(&all, |all| {
        let mut rows = table(&["wallet", "request", "round", "state", "bounty"]);
        for Listed { name, requests, .. } in all {
            for request in requests {
                let state = if request.ready {
                    "ready to deliver".into()
                } else if time > request.expires {
                    "expired".into()
                } else {
                    format!("signed {}", until(request.at, time))
                };
                let (id, round) = (request.id.to_string(), request.round.to_string());
                rows.add_row([name.clone(), id, round, state, amount(request.bounty.u128())]);
            }
        }
        if rows.is_empty() {
            println!("no account waits for a round");
        } else {
            println!("{rows}");
        }
        for Listed { name, claimable, .. } in all.iter().filter(|listed| listed.claimable > 0) {
            println!("{name} can withdraw {}", amount(*claimable));
        }
    })
}

/// How a delivery has ended for one request.
#[derive(Serialize)]
pub(super) struct Delivered {
    pub(super) id: u64,
    consumer: String,
    round: u64,
    /// Why its consumer has refused the call.
    pub(super) failed: Option<String>,
}

/// What a transaction has delivered.
pub(super) fn delivered(site: &Site<'_>, receipt: &Receipt) -> Result<Vec<Delivered>> {
    let read = |event| match event {
        Event::Delivered { id, consumer, round } => {
            Some(Delivered { id, consumer: consumer.into(), round, failed: None })
        }
        Event::Failed { id, consumer, round, reason } => {
            Some(Delivered { id, consumer: consumer.into(), round, failed: Some(reason) })
        }
        _ => None,
    };
    let events: Vec<_> = Event::of(site.randomness.contract(), &receipt.events)
        .collect::<Result<_, _>>()
        .context("what the contract has announced")?;
    Ok(events.into_iter().filter_map(read).collect())
}
