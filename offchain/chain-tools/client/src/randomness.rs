//! Rounds of drand on a chain, and who waits for them.

use bithive_api::asset::Asset;
use bithive_api::drand::Drand;
use bithive_api::randomness::{
    BeaconResponse, ConfigResponse, ExecuteMsg, Hook, QueryMsg, Request, RequestResponse, RequestsOf,
    WantedResponse, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::{Contract, Role};
use bithive_drand::Chain;

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// The rounds that a chain knows, and what an account does with them; cheap to clone.
#[derive(Clone)]
pub struct Randomness {
    contract: ContractClient,
}

impl Randomness {
    /// The rounds on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Randomness, Role::Economy)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// Token and network of the contract.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn config(&self) -> Result<ConfigResponse, ChainError> {
        self.contract.ask(&QueryMsg::Config {}).await
    }

    /// The network whose rounds the contract takes. Its `hash` is unknown to the contract: zeros.
    ///
    /// # Errors
    /// See [`ChainError`]; [`ChainError::Decode`] if the contract has stated no network.
    pub async fn network(&self) -> Result<Chain, ChainError> {
        let Drand { public_key, genesis, period } = self.config().await?.drand;
        let wrong = || ChainError::Decode {
            what: "drand network of the contract".into(),
            reason: "its key has not 96 bytes, or its period is 0".into(),
        };
        Chain::of_key(&public_key, genesis, period).ok_or_else(wrong)
    }

    /// A round; none before it was submitted.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn beacon(&self, round: u64) -> Result<Option<BeaconResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Beacon { round }).await
    }

    /// The newest rounds that are known, a page of them.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn newest(&self) -> Result<Vec<BeaconResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Beacons { before: None, limit: Some(MAX_PAGE) }).await
    }

    /// Rounds after `start` that requests wait for, the earliest first: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn wanted(&self, start: Option<u64>) -> Result<List<WantedResponse>, ChainError> {
        let question =
            |last: Option<u64>| QueryMsg::Wanted { start_after: last.or(start), limit: Some(MAX_PAGE) };
        self.contract.pages(question, |wanted: &WantedResponse| wanted.round).await
    }

    /// A request; none where there is none of this number.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn request(&self, id: u64) -> Result<Option<RequestResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Request { id }).await
    }

    /// Requests of an account or a round, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn requests(&self, of: RequestsOf) -> Result<List<RequestResponse>, ChainError> {
        let question =
            |start_after| QueryMsg::Requests { of: of.clone(), start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |request: &RequestResponse| request.id).await
    }

    /// What an account may withdraw, in base units of BTT.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Claimable { account: account.into() }).await
    }

    /// Asks for a round, with a bounty in base units of BTT, or without one.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn ask(
        &self,
        account: &Account,
        bounty: u128,
        request: Request,
    ) -> Result<Receipt, ChainError> {
        if bounty == 0 {
            return self.execute(account, &ExecuteMsg::Request(request)).await;
        }
        let asset = Asset::Cw20(self.config().await?.token.into());
        let message = ExecuteMsg::Request(request.clone());
        self.contract.bring(account, (&asset, bounty), &message, &Hook::Request(request)).await
    }

    /// Any message.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.contract.execute(account, message).await
    }
}
