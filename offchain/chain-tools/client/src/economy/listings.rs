//! What listings owe an account in BTT, BTK and SKY.

use bithive_api::asset::Asset;
use bithive_api::listings::{ListingResponse, Of};
use bithive_chain::ChainError;

use super::{Claimable, EconomyClient, Source, Token};
use crate::listings::{Listings, Next, next_of};

/// Most listings whose bonds one claim gives back in a token.
const MOST_BONDS: usize = 16;

impl EconomyClient {
    /// One entry for each token: credits, and the bonds of the account's own listings whose time is over.
    pub(super) async fn due_listings(
        &self,
        owner: &str,
        now: u64,
        entries: &mut Vec<Claimable>,
    ) -> Result<bool, ChainError> {
        let Ok(listings) = Listings::new(self.client().clone()) else { return Ok(true) };
        let mut found = listings.of(&Of::Party(owner.into())).await?;
        let over = |listing: &&ListingResponse| {
            listing.owner.as_str() == owner && next_of(listing, now) == Next::Finish
        };
        let over: Vec<_> = found.entries.iter().filter(over).collect();
        for token in Token::ALL {
            let asset = Asset::Cw20(self.token(token).to_owned());
            let mut amount = listings.claimable(owner, asset).await?;
            let is_in = |listing: &&&ListingResponse| matches!(&listing.asset, Asset::Cw20(address) if self.token_at(address.as_str()) == Some(token));
            let bonds: Vec<_> = over.iter().filter(is_in).collect();
            found.complete &= bonds.len() <= MOST_BONDS;
            let mut numbers = Vec::new();
            for listing in bonds.into_iter().take(MOST_BONDS) {
                amount = amount.saturating_add(listing.bond.u128());
                numbers.push(listing.id.to_string());
            }
            let what = (!numbers.is_empty()).then(|| numbers.join(","));
            entries.push(Claimable::new(Source::Listings, what, token, amount));
        }
        Ok(found.complete)
    }
}
