//! The treasury: the protocol's share of settlements.

use bithive_api::treasury::{ConfigResponse, ExecuteMsg, Hook, OfferResponse, QueryMsg, TotalsResponse};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::Contract;

use super::{EconomyAccount, EconomyClient, Token};

impl EconomyClient {
    /// The treasury's parameters.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn treasury_config(&self) -> Result<ConfigResponse, ChainError> {
        self.ask(self.at(Contract::Treasury), &QueryMsg::Config {}).await
    }

    /// What the treasury holds, and has spent, paid and burnt.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn treasury_totals(&self) -> Result<TotalsResponse, ChainError> {
        self.ask(self.at(Contract::Treasury), &QueryMsg::Totals {}).await
    }

    /// The treasury's standing offers.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn offers(&self) -> Result<Vec<OfferResponse>, ChainError> {
        self.ask(self.at(Contract::Treasury), &QueryMsg::Offers {}).await
    }

    /// The treasury's offer for a token; none without one.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn offer(&self, token: Token) -> Result<Option<OfferResponse>, ChainError> {
        let question = QueryMsg::Offer { token: self.token(token).into() };
        self.ask(self.at(Contract::Treasury), &question).await
    }
}

impl EconomyAccount {
    /// Gives BTT to the treasury.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn give_to_treasury(&self, amount: u128) -> Result<Receipt, ChainError> {
        self.send(Token::Btt, self.client().at(Contract::Treasury), amount, &Hook::Deposit {}).await
    }

    /// Sells tokens to the treasury's offer for them, for `least` BTT at least, in base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn sell(&self, token: Token, amount: u128, least: u128) -> Result<Receipt, ChainError> {
        let hook = Hook::Sell { least: least.into() };
        self.send(token, self.client().at(Contract::Treasury), amount, &hook).await
    }

    /// Any message to the treasury.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn treasury(&self, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client().at(Contract::Treasury), message).await
    }
}
