//! Actions, each one transaction of the account's wallet.

use bithive_api::{emissions, models, rewards, staking, vesting};
use bithive_chain::{ChainError, Message, Receipt};
use bithive_contracts::Contract;
use cosmwasm_std::{Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;

use super::{EconomyClient, Token};
use crate::Account;

/// An account that acts on an economy; cheap to clone.
#[derive(Clone)]
pub struct EconomyAccount {
    client: EconomyClient,
    account: Account,
}

impl EconomyAccount {
    /// The account on this economy.
    #[must_use]
    pub fn new(client: EconomyClient, account: Account) -> Self {
        Self { client, account }
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.account.address()
    }

    /// Read access to the same economy.
    #[must_use]
    pub fn client(&self) -> &EconomyClient {
        &self.client
    }

    /// Moves tokens to another account.
    ///
    /// # Errors
    /// See [`ChainError`]; the same holds for every action below.
    pub async fn transfer(&self, token: Token, recipient: &str, amount: u128) -> Result<Receipt, ChainError> {
        let message = Cw20ExecuteMsg::Transfer { recipient: recipient.into(), amount: amount.into() };
        self.tell(self.client.token(token), &message).await
    }

    /// Locks tokens for `owner`; returns the position's number as well.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn lock(
        &self,
        (token, amount): (Token, u128),
        owner: &str,
        schedule: vesting::Schedule,
        revocable: bool,
    ) -> Result<(u64, Receipt), ChainError> {
        let hook = vesting::Hook::Lock { owner: owner.into(), schedule, revocable };
        let contract = self.client.at(Contract::Vesting);
        let receipt = self.send(token, contract, amount, &hook).await?;
        let locked = |event| match event {
            vesting::Event::Locked { id, .. } => Some(id),
            _ => None,
        };
        let (id, _) = receipt.announced(contract, vesting::events::LOCKED, locked)?;
        Ok((id, receipt))
    }

    /// Any message to the vesting contract.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn vesting(&self, message: &vesting::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client.at(Contract::Vesting), message).await
    }

    /// Registers a model with its bond, or challenges one with a deposit.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn bond_model(&self, hook: &models::Hook) -> Result<Receipt, ChainError> {
        let bond = self.client.models_config().await?.params.bond;
        self.send(Token::Btt, self.client.at(Contract::Models), bond.u128(), hook).await
    }

    /// Any message to the contract of models.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn models(&self, message: &models::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client.at(Contract::Models), message).await
    }

    /// Any message to the emissions.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn emissions(&self, message: &emissions::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client.at(Contract::Emissions), message).await
    }

    /// Sends BTK to the staking contract: a pledge, a delegation, a reward.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn stake(&self, amount: u128, hook: &staking::Hook) -> Result<Receipt, ChainError> {
        self.send(Token::Btk, self.client.at(Contract::Staking), amount, hook).await
    }

    /// Any message to the staking contract.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn staking(&self, message: &staking::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client.at(Contract::Staking), message).await
    }

    /// Adds BTT to the budget of rewards.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn fund_rewards(&self, amount: u128) -> Result<Receipt, ChainError> {
        self.send(Token::Btt, self.client.at(Contract::Rewards), amount, &rewards::Hook::Fund {}).await
    }

    /// Any message to the rewards.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn rewards(&self, message: &rewards::ExecuteMsg) -> Result<Receipt, ChainError> {
        self.tell(self.client.at(Contract::Rewards), message).await
    }

    /// All messages in one transaction.
    pub(super) async fn submit(&self, messages: &[Message]) -> Result<Receipt, ChainError> {
        self.account.wallet().execute_many(messages).await
    }

    pub(super) async fn send<M: Serialize>(
        &self,
        token: Token,
        contract: &str,
        amount: u128,
        hook: &M,
    ) -> Result<Receipt, ChainError> {
        let msg = to_json_binary(hook)
            .map_err(|error| ChainError::InvalidTx { field: "send".into(), reason: error.to_string() })?;
        let message = Cw20ExecuteMsg::Send { contract: contract.into(), amount: Uint128::new(amount), msg };
        self.tell(self.client.token(token), &message).await
    }

    pub(super) async fn tell<M: Serialize>(
        &self,
        contract: &str,
        message: &M,
    ) -> Result<Receipt, ChainError> {
        self.account.wallet().execute(contract, message, &[]).await
    }
}
