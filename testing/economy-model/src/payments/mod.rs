//! Payments once more: flows, agreements, offers, listings and a feed of prices, over one set of accounts and assets.
//!
//! Written from the contracts' messages and READMEs, not from their code, in the same way as the rest of this crate: no bound on
//! any number, no thought of cost. A method says whether the contract must accept a message, and changes the model if so. All
//! money is in one [`Book`], so that what one contract loses is missing somewhere else.

pub mod book;
pub mod checkout;
pub mod escrow;
pub mod feed;
pub mod flows;
pub mod listings;

pub use book::{Book, Contract, PHANTOM, Party};

/// All payments of a chain.
pub struct Payments {
    /// Time of the last block, in Unix seconds.
    pub now: u64,
    /// Who has what, and who is owed what.
    pub book: Book,
    /// Deposits that drain.
    pub flows: flows::Flows,
    /// Money that waits for a condition.
    pub escrow: escrow::Escrow,
    /// Offers, and what was paid for them.
    pub checkout: checkout::Checkout,
    /// Bonds that anybody may challenge.
    pub listings: listings::Listings,
    /// The feed that prices offers in fiat.
    pub feed: feed::Feed,
}

impl Payments {
    /// Payments that begin at `now`, with these categories of listings and reporters of the feed.
    #[must_use]
    pub fn new(now: u64, kinds: Vec<listings::Kind>, feed: feed::Feed) -> Self {
        Self {
            now,
            book: Book::default(),
            flows: flows::Flows::default(),
            escrow: escrow::Escrow::default(),
            checkout: checkout::Checkout::default(),
            listings: listings::Listings::new(kinds),
            feed,
        }
    }

    /// Pays an account all that a contract owes it of an asset.
    pub fn withdraw(&mut self, contract: Contract, asset: usize, to: Party) -> bool {
        self.book.withdraw(contract, asset, to)
    }

    /// What must hold at any time, whatever happened.
    ///
    /// # Errors
    /// What does not hold.
    pub fn invariants(&self) -> Result<(), String> {
        self.book.invariants()?;
        for asset in 0..=PHANTOM {
            for (contract, expected) in [
                (Contract::Flows, self.flows.escrowed(asset)),
                (Contract::Escrow, self.escrow.escrowed(asset)),
                (Contract::Checkout, crate::BigInt::default()),
                (Contract::Listings, self.listings.escrowed(asset)),
            ] {
                let found = self.book.escrowed(contract, asset);
                if found != expected {
                    return Err(format!(
                        "{contract:?} has {found} of asset {asset} in escrow for {expected}"
                    ));
                }
            }
        }
        Ok(())
    }
}
