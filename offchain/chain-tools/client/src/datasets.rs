//! Data sets, on chains that have them.

use bithive_api::asset::Asset;
use bithive_api::attestations::Source;
use bithive_api::datasets::{
    DatasetResponse, DepositResponse, ExecuteMsg, Hook, QueryMsg, Use, UseResponse, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, ChainExt as _, Receipt};
use bithive_contracts::{Contract, Role};
use cosmwasm_std::{Uint128, coin, to_json_binary};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::economy::{List, MOST_PAGES};
use crate::{Account, Client, Incomplete};

/// The data sets of a chain, and what an account does with them.
#[derive(Clone)]
pub struct Datasets {
    client: Client,
    contract: String,
}

impl Datasets {
    /// The data sets on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        let deployment = client.deployment();
        let contract = deployment.get(Contract::Datasets).map(ToOwned::to_owned);
        let contract = contract.ok_or_else(|| Incomplete {
            chain_id: deployment.chain_id.clone(),
            contract: Contract::Datasets,
            role: Role::Data,
        })?;
        Ok(Self { client, contract })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        &self.contract
    }

    /// A data set; none where there is none of this number.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn dataset(&self, id: u64) -> Result<Option<DatasetResponse>, ChainError> {
        self.ask(&QueryMsg::Dataset { id }).await
    }

    /// Data sets, by number: the first [`MOST_PAGES`] pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn datasets(&self) -> Result<List<DatasetResponse>, ChainError> {
        let question = |start_after| QueryMsg::Datasets { start_after, limit: Some(MAX_PAGE) };
        self.pages(question, |dataset: &DatasetResponse| dataset.id).await
    }

    /// Deposits in escrow, by number: the first [`MOST_PAGES`] pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn deposits(&self) -> Result<List<DepositResponse>, ChainError> {
        let question = |start_after| QueryMsg::Deposits { start_after, limit: Some(MAX_PAGE) };
        self.pages(question, |deposit: &DepositResponse| deposit.id).await
    }

    /// The recorded use of a data set by a job; none where there is none.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn use_of(
        &self,
        dataset_id: u64,
        source: Source,
        job_id: u64,
    ) -> Result<Option<UseResponse>, ChainError> {
        self.ask(&QueryMsg::Use { dataset_id, source, job_id }).await
    }

    /// What an account can withdraw of an asset, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str, asset: Asset) -> Result<u128, ChainError> {
        let owed: Uint128 = self.ask(&QueryMsg::Claimable { account: account.into(), asset }).await?;
        Ok(owed.u128())
    }

    /// Pays for a use: `share` in the data set's asset.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn deposit(
        &self,
        account: &Account,
        (asset, share): (&Asset<cosmwasm_std::Addr>, Uint128),
        purpose: Use,
    ) -> Result<Receipt, ChainError> {
        let wallet = account.wallet();
        match asset {
            Asset::Native(denom) => {
                let funds = [coin(share.u128(), denom)];
                wallet.execute(&self.contract, &ExecuteMsg::Deposit(purpose), &funds).await
            }
            Asset::Cw20(token) => {
                let invalid = |error: cosmwasm_std::StdError| ChainError::InvalidTx {
                    field: "send".into(),
                    reason: error.to_string(),
                };
                let msg = to_json_binary(&Hook::Deposit(purpose)).map_err(invalid)?;
                let message = Cw20ExecuteMsg::Send { contract: self.contract.clone(), amount: share, msg };
                wallet.execute(token.as_str(), &message, &[]).await
            }
        }
    }

    /// Any message without coins.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        account.wallet().execute(&self.contract, message, &[]).await
    }

    async fn ask<T: DeserializeOwned>(&self, question: &QueryMsg) -> Result<T, ChainError> {
        self.client.chain().query(&self.contract, question).await
    }

    async fn pages<T>(
        &self,
        question: impl Fn(Option<u64>) -> QueryMsg,
        number: impl Fn(&T) -> u64,
    ) -> Result<List<T>, ChainError>
    where
        T: DeserializeOwned + Serialize,
    {
        let mut entries: Vec<T> = Vec::new();
        for _ in 0..MOST_PAGES {
            let page: Vec<T> = self.ask(&question(entries.last().map(&number))).await?;
            if page.is_empty() {
                return Ok(List { entries, complete: true });
            }
            entries.extend(page);
        }
        Ok(List { entries, complete: false })
    }
}
