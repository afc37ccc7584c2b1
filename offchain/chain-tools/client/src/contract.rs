//! One contract of a deployment: what its clients ask and send.

use bithive_api::asset::Asset;
use bithive_chain::{ChainError, ChainExt as _, Message, Receipt};
use bithive_contracts::{Contract, Role};
use cosmwasm_std::{StdError, Uint128, coin, to_json_binary};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::economy::{List, MOST_PAGES};
use crate::{Account, Client, Deployment, Incomplete};

/// A contract, where it is and whom to ask; cheap to clone.
#[derive(Clone)]
pub(crate) struct ContractClient {
    client: Client,
    address: String,
}

impl ContractClient {
    /// The contract of the client's deployment, which has it where the chain has this role.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub(crate) fn new(client: Client, contract: Contract, role: Role) -> Result<Self, Incomplete> {
        let deployment = client.deployment();
        let address = deployment.get(contract).map(ToOwned::to_owned);
        let address =
            address.ok_or_else(|| Incomplete { chain_id: deployment.chain_id.clone(), contract, role })?;
        Ok(Self { client, address })
    }

    /// Address of the contract.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The deployment that the contract is of.
    pub(crate) fn deployment(&self) -> &Deployment {
        self.client.deployment()
    }

    /// Asks a question.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        question: &(impl Serialize + Sync),
    ) -> Result<T, ChainError> {
        self.client.chain().query(&self.address, question).await
    }

    /// Asks for an amount, in base units.
    pub(crate) async fn amount(&self, question: &(impl Serialize + Sync)) -> Result<u128, ChainError> {
        Ok(self.ask::<Uint128>(question).await?.u128())
    }

    /// Asks page after page until one is empty, [`MOST_PAGES`] at most. `question` is told where the last page ended.
    pub(crate) async fn pages<T: DeserializeOwned, C, Q: Serialize + Send + Sync>(
        &self,
        question: impl Fn(Option<C>) -> Q,
        cursor: impl Fn(&T) -> C,
    ) -> Result<List<T>, ChainError> {
        let mut entries: Vec<T> = Vec::new();
        for _ in 0..MOST_PAGES {
            let question = question(entries.last().map(&cursor));
            let page: Vec<T> = self.ask(&question).await?;
            if page.is_empty() {
                return Ok(List { entries, complete: true });
            }
            entries.extend(page);
        }
        Ok(List { entries, complete: false })
    }

    /// Sends a message without coins.
    pub(crate) async fn execute(
        &self,
        account: &Account,
        message: &(impl Serialize + Sync),
    ) -> Result<Receipt, ChainError> {
        account.wallet().execute(&self.address, message, &[]).await
    }

    /// Sends an amount of any asset, in its base units: `message` with coins, or `hook` with tokens.
    pub(crate) async fn bring(
        &self,
        account: &Account,
        (asset, amount): (&Asset, u128),
        message: &(impl Serialize + Sync),
        hook: &(impl Serialize + Sync),
    ) -> Result<Receipt, ChainError> {
        let message = self.bringing((asset, amount), message, hook)?;
        account.wallet().execute_many(&[message]).await
    }

    /// The message that [`ContractClient::bring`] sends.
    pub(crate) fn bringing(
        &self,
        (asset, amount): (&Asset, u128),
        message: &impl Serialize,
        hook: &impl Serialize,
    ) -> Result<Message, ChainError> {
        match asset {
            Asset::Native(denom) => Message::execute(&self.address, message, &[coin(amount, denom.as_str())]),
            Asset::Cw20(token) => {
                let invalid = |error: StdError| ChainError::InvalidTx {
                    field: "send".into(),
                    reason: error.to_string(),
                };
                let msg = to_json_binary(hook).map_err(invalid)?;
                let send =
                    Cw20ExecuteMsg::Send { contract: self.address.clone(), amount: amount.into(), msg };
                Message::execute(token, &send, &[])
            }
        }
    }
}
