//! Queries, each named after what it answers.

use bithive_api::{emissions, models, rewards, staking, token, vesting};
use bithive_chain::{ChainError, ChainExt as _};
use bithive_contracts::{Contract, Role};
use cosmwasm_std::{HexBinary, Uint128};
use cw20::BalanceResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Token;
use crate::{Client, Incomplete};

/// Most pages that are read of one list: anybody can make positions for anybody, and a list that was filled by others
/// must not take unbounded time to read.
pub const MOST_PAGES: usize = 20;
/// Entries of a page: the most that the contracts give.
const PAGE: u32 = 30;

/// Entries of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct List<T> {
    /// In the contract's order.
    pub entries: Vec<T>,
    /// Whether these are all: [`MOST_PAGES`] are read at most.
    pub complete: bool,
}

/// Read access to the economy of a deployment; cheap to clone.
#[derive(Clone)]
pub struct EconomyClient {
    client: Client,
}

impl EconomyClient {
    /// The economy around the market of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] when the deployment lacks a contract of [`Role::Economy`].
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        client.deployment().check(Role::Economy)?;
        Ok(Self { client })
    }

    /// Client of the market of the same chain.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Address of a contract; empty for one that an economy does not have.
    #[must_use]
    pub fn at(&self, contract: Contract) -> &str {
        self.client.deployment().checked(contract)
    }

    /// Address of a token.
    #[must_use]
    pub fn token(&self, token: Token) -> &str {
        match token {
            Token::Btt => self.at(Contract::Token),
            Token::Btk => self.at(Contract::Btk),
            Token::Sky => self.at(Contract::Sky),
        }
    }

    /// The token at an address; none for any other cw20.
    #[must_use]
    pub fn token_at(&self, address: &str) -> Option<Token> {
        Token::ALL.into_iter().find(|token| self.token(*token) == address)
    }

    /// Balance of an account, in base units.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn balance(&self, token: Token, address: &str) -> Result<u128, ChainError> {
        let question = token::QueryMsg::Balance { address: address.into() };
        let answer: BalanceResponse = self.ask(self.token(token), &question).await?;
        Ok(answer.balance.u128())
    }

    /// A position of the vesting contract; none once everything of it was paid.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn position(&self, id: u64) -> Result<Option<vesting::PositionResponse>, ChainError> {
        self.ask(self.at(Contract::Vesting), &vesting::QueryMsg::Position { id }).await
    }

    /// Positions of an owner, by number.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn positions(&self, owner: &str) -> Result<List<vesting::PositionResponse>, ChainError> {
        let ask = |start_after| vesting::QueryMsg::Positions {
            owner: owner.into(),
            start_after,
            limit: Some(PAGE),
        };
        let unpack = |page: vesting::PositionsResponse| page.positions;
        self.pages(self.at(Contract::Vesting), ask, unpack, |position| position.id).await
    }

    /// Bond and times of registrations of models.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn models_config(&self) -> Result<models::ConfigResponse, ChainError> {
        self.ask(self.at(Contract::Models), &models::QueryMsg::Config {}).await
    }

    /// The registration of a model; none where it has no owner.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn model(&self, digest: &HexBinary) -> Result<Option<models::ModelResponse>, ChainError> {
        self.ask(self.at(Contract::Models), &models::QueryMsg::Model { model: digest.clone() }).await
    }

    /// Registrations of models, by digest: the first [`MOST_PAGES`] pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn models(&self) -> Result<List<models::ModelResponse>, ChainError> {
        let ask = |start_after| models::QueryMsg::Models { start_after, limit: Some(PAGE) };
        self.pages(
            self.at(Contract::Models),
            ask,
            |page: Vec<_>| page,
            |model: &models::ModelResponse| model.model.clone(),
        )
        .await
    }

    /// What the contract of models owes an account, in base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn owed_by_models(&self, account: &str) -> Result<u128, ChainError> {
        let question = models::QueryMsg::Claimable { account: account.into() };
        let owed: Uint128 = self.ask(self.at(Contract::Models), &question).await?;
        Ok(owed.u128())
    }

    /// The emission's start and recipients.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn emissions_config(&self) -> Result<emissions::ConfigResponse, ChainError> {
        self.ask(self.at(Contract::Emissions), &emissions::QueryMsg::Config {}).await
    }

    /// What was emitted, and is due to the buckets' recipients.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn emission(&self) -> Result<emissions::EmissionResponse, ChainError> {
        self.ask(self.at(Contract::Emissions), &emissions::QueryMsg::Emission {}).await
    }

    /// A contributor's work and pay.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn contributor(&self, address: &str) -> Result<emissions::ContributorResponse, ChainError> {
        let question = emissions::QueryMsg::Contributor { address: address.into() };
        self.ask(self.at(Contract::Emissions), &question).await
    }

    /// The staking contract's parameters.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn staking_config(&self) -> Result<staking::ConfigResponse, ChainError> {
        self.ask(self.at(Contract::Staking), &staking::QueryMsg::Config {}).await
    }

    /// The pool of an operator's node; none when it has registered none.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn pool(&self, node: &str) -> Result<Option<staking::NodeResponse>, ChainError> {
        self.ask(self.at(Contract::Staking), &staking::QueryMsg::Node { node: node.into() }).await
    }

    /// Locks of an operator's pledge, by number.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn locks(&self, node: &str) -> Result<List<staking::LockResponse>, ChainError> {
        let ask = |start_after| staking::QueryMsg::Locks {
            node: node.into(),
            start_after,
            limit: Some(staking::limits::MAX_PAGE),
        };
        self.pages(
            self.at(Contract::Staking),
            ask,
            |page: Vec<_>| page,
            |lock: &staking::LockResponse| lock.id,
        )
        .await
    }

    /// Somebody's stake in a node.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn delegation(
        &self,
        node: &str,
        delegator: &str,
    ) -> Result<Option<staking::DelegationResponse>, ChainError> {
        let question = staking::QueryMsg::Delegation { node: node.into(), delegator: delegator.into() };
        self.ask(self.at(Contract::Staking), &question).await
    }

    /// Somebody's stakes, by node.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn delegations(
        &self,
        delegator: &str,
    ) -> Result<List<staking::DelegationResponse>, ChainError> {
        let ask = |start_after| staking::QueryMsg::Delegations {
            delegator: delegator.into(),
            start_after,
            limit: Some(staking::limits::MAX_PAGE),
        };
        let cursor = |delegation: &staking::DelegationResponse| delegation.node.to_string();
        self.pages(self.at(Contract::Staking), ask, |page: Vec<_>| page, cursor).await
    }

    /// Somebody's unbonding stakes, by number.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn unbondings(&self, delegator: &str) -> Result<List<staking::UnbondingResponse>, ChainError> {
        let ask = |start_after| staking::QueryMsg::Unbondings {
            delegator: delegator.into(),
            start_after,
            limit: Some(staking::limits::MAX_PAGE),
        };
        let cursor = |unbonding: &staking::UnbondingResponse| unbonding.id;
        self.pages(self.at(Contract::Staking), ask, |page: Vec<_>| page, cursor).await
    }

    /// What somebody's stakes in these nodes, of which there may be any number, are worth in a vote of the next block.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn voting_power(&self, delegator: &str, nodes: &[String]) -> Result<u128, ChainError> {
        let height = self.client.chain().info().await?.height.saturating_add(1);
        let mut power: u128 = 0;
        for nodes in nodes.chunks(usize::try_from(staking::limits::MAX_PAGE).unwrap_or(1)) {
            let question =
                staking::QueryMsg::VotingPower { delegator: delegator.into(), nodes: nodes.to_vec(), height };
            let part: Uint128 = self.ask(self.at(Contract::Staking), &question).await?;
            power = power.saturating_add(part.u128());
        }
        Ok(power)
    }

    /// The rewards' parameters.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn rewards_config(&self) -> Result<rewards::ConfigResponse, ChainError> {
        self.ask(self.at(Contract::Rewards), &rewards::QueryMsg::Config {}).await
    }

    /// The rewards' budget.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn budget(&self) -> Result<rewards::BudgetResponse, ChainError> {
        self.ask(self.at(Contract::Rewards), &rewards::QueryMsg::Budget {}).await
    }

    /// An account's role among those who sign for rewards.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn party(&self, address: &str) -> Result<Option<rewards::Role>, ChainError> {
        self.ask(self.at(Contract::Rewards), &rewards::QueryMsg::Party { address: address.into() }).await
    }

    /// A proposed reward; none once it was paid or expired.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn proposal(&self, id: u64) -> Result<Option<rewards::ProposalResponse>, ChainError> {
        self.ask(self.at(Contract::Rewards), &rewards::QueryMsg::Proposal { id }).await
    }

    /// Proposed rewards that wait, by number.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn proposals(&self) -> Result<List<rewards::ProposalResponse>, ChainError> {
        let ask = |start_after| rewards::QueryMsg::Proposals {
            start_after,
            limit: Some(rewards::limits::MAX_PAGE),
        };
        let cursor = |proposal: &rewards::ProposalResponse| proposal.id;
        self.pages(self.at(Contract::Rewards), ask, |page: Vec<_>| page, cursor).await
    }

    /// What a patient received.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn patient(&self, address: &str) -> Result<rewards::PatientResponse, ChainError> {
        self.ask(self.at(Contract::Rewards), &rewards::QueryMsg::Patient { address: address.into() }).await
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        contract: &str,
        question: &(impl Serialize + Sync),
    ) -> Result<T, ChainError> {
        self.client.chain().query(contract, question).await
    }

    /// Page after page until one is empty, [`MOST_PAGES`] at most.
    async fn pages<R, T, C, M>(
        &self,
        contract: &str,
        ask: impl Fn(Option<C>) -> M + Send,
        unpack: impl Fn(R) -> Vec<T> + Send,
        cursor: impl Fn(&T) -> C + Send,
    ) -> Result<List<T>, ChainError>
    where
        R: DeserializeOwned,
        M: Serialize + Sync + Send,
    {
        let mut entries: Vec<T> = Vec::new();
        for _ in 0..MOST_PAGES {
            let question = ask(entries.last().map(&cursor));
            let page = unpack(self.ask(contract, &question).await?);
            if page.is_empty() {
                return Ok(List { entries, complete: true });
            }
            entries.extend(page);
        }
        Ok(List { entries, complete: false })
    }
}
