//! What listings owe an account.

use bithive_api::listings::{ListingResponse, Of};
use bithive_chain::ChainError;

use super::paid_in::PaidIn;
use super::{Claimable, EconomyClient, Source};
use crate::listings::{Listings, Next, next_of};

/// Most listings whose bonds one claim gives back in a token or coin.
const MOST_BONDS: usize = 16;

impl EconomyClient {
    /// One entry for each token and coin: credits, and the bonds of the account's own listings whose time is over.
    pub(super) async fn due_listings(
        &self,
        owner: &str,
        (now, coin): (u64, &str),
        entries: &mut Vec<Claimable>,
    ) -> Result<bool, ChainError> {
        let Ok(listings) = Listings::new(self.client().clone()) else { return Ok(true) };
        let mut found = listings.of(&Of::Party(owner.into())).await?;
        let over = |listing: &&ListingResponse| {
            listing.owner.as_str() == owner && next_of(listing, now) == Next::Finish
        };
        let over: Vec<_> = found.entries.iter().filter(over).collect();
        let (paid_in, all) = PaidIn::among(coin, found.entries.iter().map(|listing| &listing.asset));
        found.complete &= all;
        for paid_in in paid_in {
            let mut amount = listings.claimable(owner, paid_in.asset(self)).await?;
            let bonds: Vec<_> = over.iter().filter(|listing| paid_in.is(self, &listing.asset)).collect();
            found.complete &= bonds.len() <= MOST_BONDS;
            let mut numbers = Vec::new();
            for listing in bonds.into_iter().take(MOST_BONDS) {
                amount = amount.saturating_add(listing.bond.u128());
                numbers.push(listing.id.to_string());
            }
            let what = (!numbers.is_empty()).then(|| numbers.join(","));
            entries.push(Claimable::paid_in(Source::Listings, what, &paid_in, amount));
        }
        Ok(found.complete)
    }
}
