//! A network with the orders of this machine on it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::escrow::AgreementResponse;
use bithive_bank::{Bond, Order, Uncovered, cover, expect_agreement, exposure};
use bithive_client::{EconomyClient, Escrow, Listings};

use super::accounts::{Accounts, economy};
use super::ramp_book::{Book, Record};

/// A network, and the book.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) economy: EconomyClient,
    pub(super) escrow: Escrow,
    pub(super) listings: Listings,
    pub(super) book: Book,
}

impl<'a> Site<'a> {
    pub(super) fn open(accounts: &'a Accounts, book: Option<PathBuf>, home: &Path) -> Result<Self> {
        let client = || accounts.client().clone();
        let (escrow, listings) = (Escrow::new(client())?, Listings::new(client())?);
        let book = Book::open(book, home)?;
        Ok(Self { accounts, economy: economy(accounts)?, escrow, listings, book })
    }

    /// Id of the chain.
    pub(super) fn chain(&self) -> &str {
        &self.accounts.client().deployment().chain_id
    }

    /// The order is of this chain and its contract.
    pub(super) fn expect_here(&self, order: &Order) -> Result<()> {
        let (chain, escrow) = (self.chain(), self.escrow.contract());
        ensure!(
            order.chain == chain && order.escrow == escrow,
            "the order is for the contract {} on {}, and this is {escrow} on {chain}; name its chain with --chain or --network",
            order.escrow,
            order.chain
        );
        Ok(())
    }

    /// The agreement that states the order's digest, made by who sells the asset; none before it is made, and after it has ended.
    pub(super) async fn agreement(&self, order: &Order) -> Result<Option<AgreementResponse>> {
        let (digest, found) = (order.digest()?.0.into(), self.escrow.of(order.seller()).await?);
        let complete = found.complete;
        let of_order = |agreement: &AgreementResponse| {
            agreement.text.as_ref() == Some(&digest) && agreement.opener.as_str() == order.seller()
        };
        let agreement = found.entries.into_iter().find(of_order);
        ensure!(
            agreement.is_some() || complete,
            "{} has more agreements than are read, and the order's is not among them",
            order.seller()
        );
        Ok(agreement)
    }

    /// The agreement of the order, which has to be there and to be exactly that; its number is kept.
    pub(super) async fn known_agreement(&self, record: &mut Record) -> Result<AgreementResponse> {
        let found = self.agreement(&record.order).await?;
        let agreement = found.with_context(|| {
            format!(
                "no agreement holds the asset of order {}: it is not made yet, or has ended",
                record.order.end_to_end
            )
        })?;
        expect_agreement(&record.order, &agreement)?;
        record.agreement = Some(agreement.id);
        Ok(agreement)
    }

    /// What is left of the agent's bond beyond the order and everything else that the agent has open; `own` is the agreement of the
    /// order. An error of the chain is an error, and a bond that does not cover the order a refusal.
    pub(super) async fn cover(&self, order: &Order, own: Option<u64>) -> Result<Result<u128, Uncovered>> {
        let id = order.listing;
        let listing = self.listings.listing(id).await?;
        let listing =
            listing.with_context(|| format!("there is no listing {id}; `listing list --category ramps`"))?;
        let terms = self.listings.terms(&listing.category, listing.terms).await?;
        let Some(terms) = terms else { bail!("listing {id} has no terms; try again") };
        let agreements = self.escrow.of(&order.agent).await?;
        let exposure = exposure(order, &agreements.entries, agreements.complete, own);
        Ok(cover(order, Bond { listing: &listing, terms: &terms }, exposure))
    }
}
