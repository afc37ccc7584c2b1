//! What payments have credited an account with.

use bithive_chain::ChainError;

use super::paid_in::PaidIn;
use super::{Claimable, EconomyClient, Source};
use crate::checkout::Checkout;

impl EconomyClient {
    /// One entry for each token and coin; none where the deployment is older than the contract. Coins are the chain's own, and those of
    /// offers that the account makes; `bithive invoice withdraw` takes what it is paid in another as a part of somebody else's offer.
    pub(super) async fn due_payments(
        &self,
        owner: &str,
        coin: &str,
        entries: &mut Vec<Claimable>,
    ) -> Result<bool, ChainError> {
        let Ok(checkout) = Checkout::new(self.client().clone()) else { return Ok(true) };
        let offers = checkout.of(owner).await?;
        let (paid_in, all) = PaidIn::among(coin, offers.entries.iter().map(|offer| &offer.asset));
        for paid_in in paid_in {
            let credit = checkout.claimable(owner, paid_in.asset(self)).await?;
            entries.push(Claimable::paid_in(Source::Checkout, None, &paid_in, credit));
        }
        Ok(offers.complete && all)
    }
}
