//! The meter of idle time: what machines claim, members vouch for, and the time bank credits.

use bithive_api::meter::{
    ConfigResponse, DueResponse, ExecuteMsg, MachineResponse, MembersResponse, PeriodsResponse, QueryMsg,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::Contract;
use serde::de::DeserializeOwned;

use super::{EconomyAccount, EconomyClient};

impl EconomyClient {
    async fn ask_meter<R: DeserializeOwned>(&self, question: &QueryMsg) -> Result<R, ChainError> {
        self.ask(self.at(Contract::Meter), question).await
    }

    /// The meter's parameters.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn meter_config(&self) -> Result<ConfigResponse, ChainError> {
        self.ask_meter(&QueryMsg::Config {}).await
    }

    /// Who vouches for idle time.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn meter_members(&self) -> Result<MembersResponse, ChainError> {
        self.ask_meter(&QueryMsg::Members {}).await
    }

    /// Which periods can be claimed now.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn meter_periods(&self) -> Result<PeriodsResponse, ChainError> {
        self.ask_meter(&QueryMsg::Periods {}).await
    }

    /// What a machine has claimed.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn machine(&self, address: &str) -> Result<MachineResponse, ChainError> {
        self.ask_meter(&QueryMsg::Machine { address: address.into() }).await
    }

    /// Credits that are due to an account, and that the time bank has not given yet.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn idle_due(&self, account: &str) -> Result<u64, ChainError> {
        let answer: DueResponse = self.ask_meter(&QueryMsg::Due { account: account.into() }).await?;
        Ok(answer.credits)
    }
}

impl EconomyAccount {
    /// Any message to the meter.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn meter(&self, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client().at(Contract::Meter), message).await
    }
}
