//! Offers on a chain, and what `bithive invoice list`, `show` and `receipts` print of them.

use anyhow::{Context as _, Result};
use bithive_api::checkout::{
    Event, ExecuteMsg, OfferResponse, OfferState, Price, ReceiptResponse, ReceiptsOf,
};
use bithive_chain::Receipt;
use bithive_client::{Checkout, EconomyClient};
use bithive_command_kit::{Output, table};
use cosmwasm_std::Addr;
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, Done, address, economy, named_or_all, now, until};
use super::currency::Currency;

/// A network with its offers.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) economy: EconomyClient,
    pub(super) checkout: Checkout,
}

impl<'a> Site<'a> {
    pub(super) fn open(accounts: &'a Accounts) -> Result<Self> {
        let checkout = Checkout::new(accounts.client().clone())?;
        Ok(Self { accounts, economy: economy(accounts)?, checkout })
    }

    /// An offer, which has to be there, and what it is paid in.
    pub(super) async fn known(&self, id: u64) -> Result<(OfferResponse, Currency)> {
        let found = self.checkout.offer(id).await?;
        let offer = found.with_context(|| format!("there is no offer {id}; `invoice list` shows them"))?;
        let currency = Currency::of(&self.economy, &offer.asset);
        Ok((offer, currency))
    }

    /// A receipt, which has to be there.
    pub(super) async fn known_receipt(&self, id: u64) -> Result<ReceiptResponse> {
        let found = self.checkout.receipt(id).await?;
        found.with_context(|| format!("there is no receipt {id}; `invoice receipts` shows them"))
    }

    /// The contract that prices an offer, where it is not the network's: it says what its owner likes.
    pub(super) fn foreign_oracle<'o>(&self, price: &'o Price<Addr>) -> Option<&'o Addr> {
        match price {
            Price::Quoted { oracle, .. } if self.checkout.oracle() != Some(oracle.as_str()) => Some(oracle),
            _ => None,
        }
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
        self.read(&self.checkout.execute(&account, message).await?, event, pick)
    }

    /// Reads what the contract has announced.
    pub(super) fn read<T>(
        &self,
        receipt: &Receipt,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        Done::read(receipt, self.checkout.contract(), event, pick)
    }
}

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    offers: Vec<OfferResponse>,
    complete: bool,
}

/// Lists the offers of these accounts, or of all of the home's.
pub(super) async fn list(site: &Site<'_>, names: Vec<String>, output: Output) -> Result<()> {
    let mut all = Vec::new();
    for name in named_or_all(site.accounts, names)? {
        let address = address(site.accounts, &name)?;
        let found = site.checkout.of(&address).await?;
        all.push(Listed { name, address, offers: found.entries, complete: found.complete });
    }
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&all, |all| {
        let mut offers: Vec<_> = all.iter().flat_map(|listed| &listed.offers).collect();
        // One between two of these accounts is in both lists.
        offers.sort_by_key(|offer| offer.id);
        offers.dedup_by_key(|offer| offer.id);
        print(site, &offers, &book, now);
        for Listed { name, .. } in all.iter().filter(|listed| !listed.complete) {
            println!("{name} has more offers than are listed here");
        }
    })
}

/// Shows one offer, by its number.
pub(super) async fn show(site: &Site<'_>, id: u64, output: Output) -> Result<()> {
    let (offer, _) = site.known(id).await?;
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&offer, |offer| {
        print(site, &[offer], &book, now);
        details(site, offer, &book);
    })
}

/// What of an offer has no column.
pub(super) fn details(site: &Site<'_>, offer: &OfferResponse, book: &AddressBook) {
    for part in offer.split.iter().filter(|_| offer.split.len() > 1) {
        println!("{}: {} of 10000", book.name(part.account.as_str()), part.bps);
    }
    if offer.referral_bps > 0 {
        println!("a referrer has {} of 10000 before that", offer.referral_bps);
    }
    if let Some(coding) = &offer.coding {
        println!("coding {coding}; `invoice check` compares a file with it");
    }
    if let Some(oracle) = site.foreign_oracle(&offer.price) {
        println!("priced by {oracle}, which is not this network's: its owner says what the price is");
    }
}

/// Prints offers as rows.
pub(super) fn print(site: &Site<'_>, offers: &[&OfferResponse], book: &AddressBook, now: u64) {
    if offers.is_empty() {
        println!("nobody of them sells anything or has an invoice");
        return;
    }
    let mut rows = table(&["offer", "seller", "buyer", "price", "state", "uses left", "until"]);
    for offer in offers {
        let currency = Currency::of(&site.economy, &offer.asset);
        let state = match offer.state {
            OfferState::Open => "open",
            OfferState::SoldOut => "sold out",
            OfferState::Expired => "expired",
            OfferState::Cancelled => "cancelled",
        };
        rows.add_row([
            offer.id.to_string(),
            book.name(offer.seller.as_str()),
            offer.buyer.as_ref().map_or_else(|| "anybody".into(), |buyer| book.name(buyer.as_str())),
            price(&offer.price, &currency),
            state.into(),
            offer.uses.map_or_else(|| "any".into(), |uses| uses.to_string()),
            offer.expires.map_or_else(|| "no end".into(), |at| until(at, now)),
        ]);
    }
    println!("{rows}");
}

fn price(price: &Price<Addr>, currency: &Currency) -> String {
    match price {
        Price::Fixed(amount) => currency.show(amount.u128()),
        Price::Quoted { fiat, feed, .. } => format!("{fiat} minor units of feed {feed}, in {currency}"),
        Price::Open { least } => format!("{} or more", currency.show(least.u128())),
    }
}

#[derive(Serialize)]
struct Receipts {
    receipts: Vec<ReceiptResponse>,
    complete: bool,
}

/// Lists receipts of an offer or a payer.
pub(super) async fn receipts(site: &Site<'_>, of: ReceiptsOf, output: Output) -> Result<()> {
    let found = site.checkout.receipts(of).await?;
    let book = AddressBook::of(site.accounts)?;
    let answer = Receipts { receipts: found.entries, complete: found.complete };
    output.show(&answer, |Receipts { receipts, complete }| {
        if receipts.is_empty() {
            println!("nothing was paid");
            return;
        }
        let mut rows =
            table(&["receipt", "offer", "payer", "paid", "given back", "referrer", "round", "key"]);
        for receipt in receipts {
            let currency = Currency::of(&site.economy, &receipt.asset);
            rows.add_row([
                receipt.id.to_string(),
                receipt.offer.to_string(),
                book.name(receipt.payer.as_str()),
                currency.show(receipt.amount.u128()),
                currency.show(receipt.refunded.u128()),
                receipt.referrer.as_ref().map_or_else(String::new, |referrer| book.name(referrer.as_str())),
                receipt.round.map_or_else(String::new, |round| round.to_string()),
                receipt.key.to_string(),
            ]);
        }
        println!("{rows}");
        if !complete {
            println!("there are more receipts than are listed here");
        }
    })
}
