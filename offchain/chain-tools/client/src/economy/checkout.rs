//! What payments have credited an account with in BTT, BTK and SKY.

use bithive_api::asset::Asset;
use bithive_chain::ChainError;

use super::{Claimable, EconomyClient, Source, Token};
use crate::checkout::Checkout;

impl EconomyClient {
    /// One entry for each token; none where the deployment is older than the contract.
    pub(super) async fn due_payments(
        &self,
        owner: &str,
        entries: &mut Vec<Claimable>,
    ) -> Result<(), ChainError> {
        let Ok(checkout) = Checkout::new(self.client().clone()) else { return Ok(()) };
        for token in Token::ALL {
            let credit = checkout.claimable(owner, Asset::Cw20(self.token(token).to_owned())).await?;
            entries.push(Claimable::new(Source::Checkout, None, token, credit));
        }
        Ok(())
    }
}
