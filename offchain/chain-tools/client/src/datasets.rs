//! Data sets, on chains that have them.

use bithive_api::asset::Asset;
use bithive_api::attestations::Source;
use bithive_api::datasets::{
    DatasetResponse, DepositResponse, ExecuteMsg, Hook, QueryMsg, Use, UseResponse, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::{Contract, Role};
use cosmwasm_std::{Addr, Uint128};

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// The data sets of a chain, and what an account does with them.
#[derive(Clone)]
pub struct Datasets {
    contract: ContractClient,
}

impl Datasets {
    /// The data sets on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Datasets, Role::Data)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// A data set; none where there is none of this number.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn dataset(&self, id: u64) -> Result<Option<DatasetResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Dataset { id }).await
    }

    /// Data sets, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn datasets(&self) -> Result<List<DatasetResponse>, ChainError> {
        let question = |start_after| QueryMsg::Datasets { start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |dataset: &DatasetResponse| dataset.id).await
    }

    /// Deposits in escrow, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn deposits(&self) -> Result<List<DepositResponse>, ChainError> {
        let question = |start_after| QueryMsg::Deposits { start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |deposit: &DepositResponse| deposit.id).await
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
        self.contract.ask(&QueryMsg::Use { dataset_id, source, job_id }).await
    }

    /// What an account can withdraw of an asset, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str, asset: Asset) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Claimable { account: account.into(), asset }).await
    }

    /// Pays for a use: `share` in the data set's asset.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn deposit(
        &self,
        account: &Account,
        (asset, share): (&Asset<Addr>, Uint128),
        purpose: Use,
    ) -> Result<Receipt, ChainError> {
        let asset = match asset {
            Asset::Native(denom) => Asset::Native(denom.clone()),
            Asset::Cw20(token) => Asset::Cw20(token.to_string()),
        };
        let (message, hook) = (ExecuteMsg::Deposit(purpose.clone()), Hook::Deposit(purpose));
        self.contract.bring(account, (&asset, share.u128()), &message, &hook).await
    }

    /// Any message without coins.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.contract.execute(account, message).await
    }
}
