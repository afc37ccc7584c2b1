//! Listings on a chain, and what `bithive listing list` and `show` print of them.

use anyhow::{Context as _, Result};
use bithive_api::listings::{
    CategoryResponse, ChallengeResponse, Event, ExecuteMsg, LabelResponse, ListingResponse, Of, State,
};
use bithive_chain::Receipt;
use bithive_client::{EconomyClient, Listings};
use bithive_command_kit::{Output, table};
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, Done, address, economy, named_or_all, now, until};
use super::currency::Currency;

/// A network with its listings.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) economy: EconomyClient,
    pub(super) listings: Listings,
}

impl<'a> Site<'a> {
    pub(super) fn open(accounts: &'a Accounts) -> Result<Self> {
        let listings = Listings::new(accounts.client().clone())?;
        Ok(Self { accounts, economy: economy(accounts)?, listings })
    }

    /// A listing, which has to be there, and what its bond is in.
    pub(super) async fn known(&self, id: u64) -> Result<(ListingResponse, Currency)> {
        let found = self.listings.listing(id).await?;
        let listing = found.with_context(|| {
            format!("there is no listing {id}, or its owner has left; `listing list` shows them")
        })?;
        let currency = Currency::of(&self.economy, &listing.asset);
        Ok((listing, currency))
    }

    /// A category, which has to be there.
    pub(super) async fn category(&self, name: &str) -> Result<CategoryResponse> {
        let found = self.listings.category(name).await?;
        found.with_context(|| {
            format!("there is no category {name:?} of listings; `listing category list` shows them")
        })
    }

    /// Sends messages in one transaction, and reads what the contract has announced.
    pub(super) async fn tell<T>(
        &self,
        from: &str,
        messages: &[ExecuteMsg],
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        let account = self.accounts.account(from).await?;
        self.read(&self.listings.execute(&account, messages).await?, event, pick)
    }

    /// Reads what the contract has announced.
    pub(super) fn read<T>(
        &self,
        receipt: &Receipt,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        Done::read(receipt, self.listings.contract(), event, pick)
    }
}

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    listings: Vec<ListingResponse>,
    complete: bool,
}

/// Lists what these accounts own, challenge or judge, or all of the home's.
pub(super) async fn list(site: &Site<'_>, names: Vec<String>, output: Output) -> Result<()> {
    let mut all = Vec::new();
    for name in named_or_all(site.accounts, names)? {
        let address = address(site.accounts, &name)?;
        let found = site.listings.of(&Of::Party(address.clone())).await?;
        all.push(Listed { name, address, listings: found.entries, complete: found.complete });
    }
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&all, |all| {
        let mut found: Vec<_> = all.iter().flat_map(|listed| &listed.listings).collect();
        // One that several of these accounts have to do with is in each of their lists.
        found.sort_by_key(|listing| listing.id);
        found.dedup_by_key(|listing| listing.id);
        print(site, &found, &book, now);
        for Listed { name, .. } in all.iter().filter(|listed| !listed.complete) {
            println!("{name} has more listings than are shown here");
        }
    })
}

/// Lists a category.
pub(super) async fn of_category(site: &Site<'_>, name: String, output: Output) -> Result<()> {
    site.category(&name).await?;
    let found = site.listings.of(&Of::Category(name.clone())).await?;
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&found.entries, |entries| {
        print(site, &entries.iter().collect::<Vec<_>>(), &book, now);
        if !found.complete {
            println!("{name} has more listings than are shown here");
        }
    })
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    listing: ListingResponse,
    labels: Vec<LabelResponse>,
}

/// Shows one listing, by its number.
pub(super) async fn show(site: &Site<'_>, id: u64, output: Output) -> Result<()> {
    let ((listing, currency), labels) = (site.known(id).await?, site.listings.labels(id).await?);
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&Shown { listing, labels }, |Shown { listing, labels }| {
        print(site, &[listing], &book, now);
        let content = &listing.content;
        println!("revision {}: SHA-256 {} {}", listing.revision, content.digest, content.uri);
        if !listing.current {
            println!("it stands under terms {} of its category, which has later ones", listing.terms);
        }
        match &listing.challenge {
            Some(challenge) => challenged(challenge, &currency, &book, now),
            None => println!("a challenge costs {}", currency.show(listing.challenge_bond.u128())),
        }
        if listing.unruled > 0 {
            println!("nobody has decided on {} challenges of it", listing.unruled);
        }
        for LabelResponse { labeller, named, label } in labels {
            let note = if *named { "" } else { ", who is no labeller any more" };
            println!("{label:?}, says {}{note}", book.name(labeller.as_str()));
        }
    })
}

fn challenged(challenge: &ChallengeResponse, currency: &Currency, book: &AddressBook, now: u64) {
    let ChallengeResponse { number, challenger, bond, revision, evidence, uri, deadline, round, jurors } =
        challenge;
    println!(
        "challenge {number} of revision {revision} by {}, with {}: SHA-256 {evidence} {uri}",
        book.name(challenger.as_str()),
        currency.show(bond.u128())
    );
    let until = if *deadline > now { until(*deadline, now) } else { "over".into() };
    match round {
        Some(round) => println!("round {round} of drand draws its jurors; time for that: {until}"),
        None => println!("time for a decision: {until}"),
    }
    for juror in jurors {
        let vote = match juror.upheld {
            Some(true) => "the challenger is right",
            Some(false) => "the challenger is wrong",
            None => "has not voted",
        };
        println!("{}: {vote}", book.name(juror.juror.as_str()));
    }
}

fn print(site: &Site<'_>, listings: &[&ListingResponse], book: &AddressBook, now: u64) {
    if listings.is_empty() {
        println!("there are no listings of that kind");
        return;
    }
    let mut rows = table(&["listing", "category", "name", "owner", "bond", "state"]);
    for listing in listings {
        let currency = Currency::of(&site.economy, &listing.asset);
        rows.add_row([
            listing.id.to_string(),
            listing.category.clone(),
            listing.content.name.clone(),
            book.name(listing.owner.as_str()),
            currency.show(listing.bond.u128()),
            state(listing, now),
        ]);
    }
    println!("{rows}");
}

fn state(listing: &ListingResponse, now: u64) -> String {
    let state = match listing.state {
        State::Active => "active".into(),
        State::Removed => "removed".into(),
        State::Leaving { ends } if ends > now => format!("leaves {}", until(ends, now)),
        State::Leaving { .. } => "leaves now".into(),
    };
    if listing.challenge.is_some() { format!("{state}, challenged") } else { state }
}
