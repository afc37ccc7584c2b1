//! Feeds on a chain, and what `bithive feed list`, `show` and `price` print of them.

use anyhow::{Context as _, Result};
use bithive_api::oracle::{Event, ExecuteMsg, FeedResponse, PriceResponse, Status};
use bithive_client::Feeds;
use bithive_command_kit::{Output, table};

use super::accounts::{Accounts, Done, now, until};

/// A network with its feeds.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) feeds: Feeds,
}

impl<'a> Site<'a> {
    pub(super) fn open(accounts: &'a Accounts) -> Result<Self> {
        Ok(Self { accounts, feeds: Feeds::new(accounts.client().clone())? })
    }

    /// A feed, which has to be there.
    pub(super) async fn known(&self, id: u64) -> Result<FeedResponse> {
        let found = self.feeds.feed(id).await?;
        found.with_context(|| format!("there is no feed {id}; `feed list` shows them"))
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
        let receipt = self.feeds.execute(&account, message).await?;
        Done::read(&receipt, self.feeds.contract(), event, pick)
    }
}

/// Lists all feeds.
pub(super) async fn list(site: &Site<'_>, output: Output) -> Result<()> {
    let (found, now) = (site.feeds.all().await?, now(site.accounts).await?);
    output.show(&found, |found| {
        if found.entries.is_empty() {
            println!("there is no feed; the owner of the contract `oracle` makes them with `feed create`");
            return;
        }
        let mut rows = table(&["feed", "what", "currency", "state", "last value", "seen", "reporters"]);
        for feed in &found.entries {
            let (value, seen) = last(feed, now);
            rows.add_row([
                feed.id.to_string(),
                feed.terms.description.clone(),
                feed.terms.currency.clone(),
                feed.status.name().into(),
                value,
                seen,
                format!("{} of {}", feed.quorum, feed.reporters.len()),
            ]);
        }
        println!("{rows}");
        if !found.complete {
            println!("there are more feeds than are listed here");
        }
    })
}

/// Value and age of the last price; empty where there is none.
fn last(feed: &FeedResponse, now: u64) -> (String, String) {
    let Some(last) = feed.last else { return <_>::default() };
    (last.value.to_string(), format!("{} s ago", now.saturating_sub(last.time)))
}

/// Shows one feed, by its number.
pub(super) async fn show(site: &Site<'_>, id: u64, output: Output) -> Result<()> {
    let (feed, now) = (site.known(id).await?, now(site.accounts).await?);
    output.show(&feed, |feed| {
        let terms = &feed.terms;
        println!("feed {id} ({}): {}", terms.category.name(), terms.description);
        println!(
            "values are minor units of {} for 10^{} base units; a round is {} s, a price lives {} s",
            terms.currency, terms.decimals, terms.interval, terms.max_age
        );
        println!(
            "{} of {} reports make a price; a step of more than {} bps has to be confirmed by {} after {} s",
            feed.quorum,
            feed.reporters.len(),
            terms.dev_bps,
            feed.confirming,
            terms.cooldown
        );
        let (value, seen) = last(feed, now);
        match (feed.status, &feed.pending) {
            (Status::Empty, _) => println!("no price yet"),
            (Status::Tripped, Some(pending)) => println!(
                "tripped: {} is pending, and can be confirmed {}; the last price is {value}, seen {seen}",
                pending.value,
                until(pending.until, now)
            ),
            (status, _) => println!("{}: the last price is {value}, seen {seen}", status.name()),
        }
        let mut rows = table(&["reporter", "strikes", "suspended"]);
        for reporter in &feed.reporters {
            let ends = reporter.suspended_until;
            let suspended = if ends > now { format!("it ends {}", until(ends, now)) } else { String::new() };
            rows.add_row([reporter.key.to_hex(), reporter.strikes.to_string(), suspended]);
        }
        println!("{rows}");
    })
}

/// Prints the price of a feed that has one.
pub(super) async fn price(site: &Site<'_>, id: u64, output: Output) -> Result<()> {
    let feed = site.known(id).await?;
    let price = site.feeds.price(id).await?;
    output.show(&price, |PriceResponse { value, decimals, time, round }| {
        let (currency, time) = (&feed.terms.currency, time.seconds());
        println!(
            "{value} minor units of {currency} for 10^{decimals} base units; round {round}, seen at {time} (Unix seconds)"
        );
    })
}
