//! The time bank: credits for idle compute.

use bithive_api::timebank::{
    AccountResponse, ConfigResponse, ExecuteMsg, Hook, HostResponse, MeterResponse, OraclesResponse,
    QueryMsg, TotalsResponse,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::Contract;

use super::{EconomyAccount, EconomyClient, Token};

impl EconomyClient {
    /// An account's credits in the time bank: they pay for jobs, and earn interest by themselves.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn credits(&self, address: &str) -> Result<u64, ChainError> {
        let question = QueryMsg::Account { address: address.into() };
        let answer: AccountResponse = self.ask(self.at(Contract::Timebank), &question).await?;
        Ok(answer.credits)
    }

    /// The time bank's parameters.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn timebank_config(&self) -> Result<ConfigResponse, ChainError> {
        self.ask(self.at(Contract::Timebank), &QueryMsg::Config {}).await
    }

    /// How many credits there are, and the BTT that back them.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn timebank_totals(&self) -> Result<TotalsResponse, ChainError> {
        self.ask(self.at(Contract::Timebank), &QueryMsg::Totals {}).await
    }

    /// What a meter may credit, and has credited today; none for an account that is no meter.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn meter(&self, address: &str) -> Result<Option<MeterResponse>, ChainError> {
        self.ask(self.at(Contract::Timebank), &QueryMsg::Meter { address: address.into() }).await
    }

    /// Who attests BOINC credit.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn oracles(&self) -> Result<OraclesResponse, ChainError> {
        self.ask(self.at(Contract::Timebank), &QueryMsg::Oracles {}).await
    }

    /// What was imported of a host in a project; none before the first time.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn boinc_host(&self, project: &str, host: u64) -> Result<Option<HostResponse>, ChainError> {
        self.ask(self.at(Contract::Timebank), &QueryMsg::Host { project: project.into(), host }).await
    }
}

impl EconomyAccount {
    /// Adds BTT to what backs credits and their interest.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn fund_timebank(&self, amount: u128) -> Result<Receipt, ChainError> {
        self.send(Token::Btt, self.client().at(Contract::Timebank), amount, &Hook::Fund {}).await
    }

    /// Any message to the time bank.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn timebank(&self, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client().at(Contract::Timebank), message).await
    }
}
