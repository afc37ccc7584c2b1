//! Streams on a chain, and what `bithive stream list` and `show` print of them.

use anyhow::{Context as _, Result};
use bithive_api::flows::{Event, ExecuteMsg, FlowResponse, Key, Terms};
use bithive_chain::Receipt;
use bithive_client::{EconomyClient, Flows, amount};
use bithive_command_kit::{Output, table};
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, Done, address, economy, named_or_all, now, until};
use super::currency::Currency;

/// A network with its streams.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) economy: EconomyClient,
    pub(super) flows: Flows,
}

impl<'a> Site<'a> {
    pub(super) fn open(accounts: &'a Accounts) -> Result<Self> {
        let flows = Flows::new(accounts.client().clone())?;
        Ok(Self { accounts, economy: economy(accounts)?, flows })
    }

    /// A stream, which has to be there, and what it pays in.
    pub(super) async fn known(&self, id: u64) -> Result<(FlowResponse, Currency)> {
        let found = self.flows.flow(id).await?;
        let flow = found
            .with_context(|| format!("there is no stream {id}, or it has ended; `stream list` shows them"))?;
        let currency = Currency::of(&self.economy, &flow.asset);
        Ok((flow, currency))
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
        self.read(&self.flows.execute(&account, message).await?, event, pick)
    }

    /// Reads what the contract has announced.
    pub(super) fn read<T>(
        &self,
        receipt: &Receipt,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        Done::read(receipt, self.flows.contract(), event, pick)
    }
}

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    streams: Vec<FlowResponse>,
    complete: bool,
}

/// Lists the streams of these accounts, or of all of the home's.
pub(super) async fn list(site: &Site<'_>, names: Vec<String>, output: Output) -> Result<()> {
    let mut all = Vec::new();
    for name in named_or_all(site.accounts, names)? {
        let address = address(site.accounts, &name)?;
        let found = site.flows.of(&address).await?;
        all.push(Listed { name, address, streams: found.entries, complete: found.complete });
    }
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&all, |all| {
        let mut flows: Vec<_> = all.iter().flat_map(|listed| &listed.streams).collect();
        // One between two of these accounts is in both lists.
        flows.sort_by_key(|flow| flow.id);
        flows.dedup_by_key(|flow| flow.id);
        print(site, &flows, &book, now);
        for Listed { name, .. } in all.iter().filter(|listed| !listed.complete) {
            println!("{name} has more streams than are listed here");
        }
    })
}

/// Shows one stream, by its number.
pub(super) async fn show(site: &Site<'_>, id: u64, output: Output) -> Result<()> {
    let (flow, _) = site.known(id).await?;
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&flow, |flow| print(site, &[flow], &book, now))
}

fn print(site: &Site<'_>, flows: &[&FlowResponse], book: &AddressBook, now: u64) {
    if flows.is_empty() {
        println!("nobody of them pays a stream or is paid by one");
        return;
    }
    let mut rows = table(&["stream", "from", "to", "by", "deposit", "credited", "due", "ends"]);
    for flow in flows {
        let currency = Currency::of(&site.economy, &flow.asset);
        rows.add_row([
            flow.id.to_string(),
            book.name(flow.payer.as_str()),
            book.name(flow.payee.as_str()),
            terms(&flow.terms, &currency),
            currency.show(flow.deposit.u128()),
            plain(&currency, flow.paid.u128()),
            plain(&currency, flow.due.u128()),
            ends(flow, now),
        ]);
    }
    println!("{rows}");
}

/// An amount without what it is in, which stands in the same row.
fn plain(currency: &Currency, amount: u128) -> String {
    match currency {
        Currency::Token(_) => amount::digits(amount),
        Currency::Other(_) => amount.to_string(),
    }
}

fn terms(terms: &Terms, currency: &Currency) -> String {
    match terms {
        Terms::Rate { amount, step, .. } => format!("{} every {step} s", plain(currency, amount.u128())),
        Terms::Vouchers { key, .. } => match key {
            Key::Ed25519(_) => "vouchers (ed25519)".into(),
            Key::Secp256k1(_) => "vouchers (secp256k1)".into(),
            Key::Wallet(_) => "vouchers of a wallet".into(),
        },
    }
}

fn ends(flow: &FlowResponse, now: u64) -> String {
    let at = if flow.ends > now { until(flow.ends, now) } else { "over".into() };
    if flow.closing { format!("{at} (closed)") } else { at }
}
