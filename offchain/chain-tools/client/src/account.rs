//! Actions, each one transaction of the account's wallet.

use std::sync::Arc;

use bithive_api::{jobs, registry};
use bithive_chain::{ChainError, Message, Receipt, Wallet};
use cosmwasm_std::{Coin, Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;

use crate::Client;

/// An account that acts on a deployment; cheap to clone.
#[derive(Clone)]
pub struct Account {
    client: Client,
    wallet: Arc<Wallet>,
}

impl Account {
    /// The wallet's account on the client's deployment.
    #[must_use]
    pub fn new(client: Client, wallet: Wallet) -> Self {
        Self { client, wallet: Arc::new(wallet) }
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.wallet.address()
    }

    /// Read access to the same deployment.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What signs for the account.
    #[must_use]
    pub fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    /// Moves BTT to another account.
    ///
    /// # Errors
    /// See [`ChainError`]; the same holds for every action below.
    pub async fn transfer(&self, recipient: &str, amount: u128) -> Result<Receipt, ChainError> {
        let msg = Cw20ExecuteMsg::Transfer { recipient: recipient.into(), amount: amount.into() };
        self.execute(self.client.deployment().token(), &msg).await
    }

    /// Moves BTT and coins for fees to another account, in one transaction.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn grant(&self, recipient: &str, amount: u128, fees: Coin) -> Result<Receipt, ChainError> {
        let transfer = Cw20ExecuteMsg::Transfer { recipient: recipient.into(), amount: amount.into() };
        let mut messages = vec![Message::Send { to: recipient.into(), funds: vec![fees] }];
        if amount > 0 {
            messages.push(Message::execute(self.client.deployment().token(), &transfer, &[])?);
        }
        self.wallet.execute_many(&messages).await
    }

    /// Registers the account as a node with this bond.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn register_node(
        &self,
        registration: registry::NodeRegistration,
        bond: u128,
    ) -> Result<Receipt, ChainError> {
        let msg = registry::Hook::RegisterNode(registration);
        self.send(self.client.deployment().registry(), bond, &msg).await
    }

    /// Adds to the bond that the account has, as a node, a requester or a candidate.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn add_bond(&self, amount: u128) -> Result<Receipt, ChainError> {
        self.send(self.client.deployment().registry(), amount, &registry::Hook::AddBond {}).await
    }

    /// Registers the account as a requester with this bond.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn register_requester(&self, endpoint: [u8; 32], bond: u128) -> Result<Receipt, ChainError> {
        let msg = registry::Hook::RegisterRequester { endpoint: (&endpoint).into() };
        self.send(self.client.deployment().registry(), bond, &msg).await
    }

    /// Names the relay of an endpoint that the account holds, or none.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn set_relay(&self, endpoint: [u8; 32], relay: Option<String>) -> Result<Receipt, ChainError> {
        self.registry(&registry::ExecuteMsg::SetRelay { endpoint: (&endpoint).into(), relay }).await
    }

    /// Disputes a node's key with this deposit; [`crate::key_dispute`] makes the evidence.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn dispute_key(
        &self,
        dispute: registry::KeyDispute,
        deposit: u128,
    ) -> Result<Receipt, ChainError> {
        let msg = registry::Hook::Dispute(dispute);
        self.send(self.client.deployment().registry(), deposit, &msg).await
    }

    /// Any message to the registry.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn registry(&self, msg: &registry::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.execute(self.client.deployment().registry(), msg).await
    }

    /// Posts a job with its escrow.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn post_job(
        &self,
        vault: &[u8],
        terms: jobs::Terms,
        escrow: u128,
    ) -> Result<Receipt, ChainError> {
        let post = jobs::Hook::Post { vault: vault.into(), terms: Box::new(terms), bases: vec![] };
        self.send(self.client.deployment().jobs(), escrow, &post).await
    }

    /// Adds to the escrow of a job, for another round.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn add_escrow(&self, job_id: u64, amount: u128) -> Result<Receipt, ChainError> {
        self.send(self.client.deployment().jobs(), amount, &jobs::Hook::AddEscrow { job_id }).await
    }

    /// Any message to the job market.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn jobs(&self, msg: &jobs::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.execute(self.client.deployment().jobs(), msg).await
    }

    /// A cw20 `Send` of BTT with a message for the receiving contract.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn send<M: Serialize>(
        &self,
        contract: &str,
        amount: u128,
        msg: &M,
    ) -> Result<Receipt, ChainError> {
        let msg = to_json_binary(msg)
            .map_err(|error| ChainError::InvalidTx { field: "send".into(), reason: error.to_string() })?;
        let msg = Cw20ExecuteMsg::Send { contract: contract.into(), amount: Uint128::new(amount), msg };
        self.execute(self.client.deployment().token(), &msg).await
    }

    async fn execute<M: Serialize>(&self, contract: &str, msg: &M) -> Result<Receipt, ChainError> {
        self.wallet.execute(contract, msg, &[]).await
    }
}
