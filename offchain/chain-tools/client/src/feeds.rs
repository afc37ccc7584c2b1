//! Feeds of prices on a chain, and the reports that their reporters sign.

use bithive_api::oracle::{
    ExecuteMsg, FeedResponse, PriceResponse, QueryMsg, Report as Signed, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::{Contract, Role};
use bithive_signed::report::Report;
use cosmwasm_crypto::ed25519_verify;
use cosmwasm_std::{HexBinary, Uint128};
use serde::{Deserialize, Serialize};

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// The feeds of a chain (the contract `oracle`), and what an account does with them; cheap to clone.
#[derive(Clone)]
pub struct Feeds {
    contract: ContractClient,
}

impl Feeds {
    /// The feeds on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Oracle, Role::Economy)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// Id of the chain, which reports name.
    #[must_use]
    pub fn chain_id(&self) -> &str {
        &self.contract.deployment().chain_id
    }

    /// A feed; none where there is none of this number.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn feed(&self, feed: u64) -> Result<Option<FeedResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Feed { feed }).await
    }

    /// The price of a feed. Where it has none now, the contract's refusal says why.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn price(&self, feed: u64) -> Result<PriceResponse, ChainError> {
        self.contract.ask(&QueryMsg::Price { feed }).await
    }

    /// Feeds, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn all(&self) -> Result<List<FeedResponse>, ChainError> {
        let question = |start_after| QueryMsg::Feeds { start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |feed: &FeedResponse| feed.id).await
    }

    /// Submits reports of one round of a feed.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn submit(
        &self,
        account: &Account,
        (feed, round): (u64, u64),
        reports: Vec<Signed>,
    ) -> Result<Receipt, ChainError> {
        self.execute(account, &ExecuteMsg::Submit { feed, round, reports }).await
    }

    /// Any message.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.contract.execute(account, message).await
    }
}

/// A report as it goes from a reporter to whoever submits it, with all that its signature is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportFile {
    /// Id of the chain.
    pub chain_id: String,
    /// Address of the contract `oracle`.
    pub contract: String,
    /// Number of the feed, from 1.
    pub feed: u64,
    /// Number of the round.
    pub round: u64,
    /// Public key of the reporter, Ed25519, 32 bytes.
    pub reporter: HexBinary,
    /// In the unit of the feed.
    pub value: Uint128,
    /// When it was seen, in Unix seconds.
    pub time: u64,
    /// Signature over the report's text, 64 bytes; empty until it is signed.
    pub signature: HexBinary,
}

impl ReportFile {
    /// The text that its reporter signs.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { chain_id, contract, feed, round, value, time, .. } = self;
        let (feed, round, value, time) = (*feed, *round, value.u128(), *time);
        Report { chain_id, contract, feed, round, value, time }.text()
    }

    /// Whether its signature is that of its reporter, as the contract checks it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let Self { reporter, signature, .. } = self;
        ed25519_verify(self.text().as_bytes(), signature, reporter).unwrap_or(false)
    }

    /// Whether it is for one of these feeds.
    #[must_use]
    pub fn is_of(&self, feeds: &Feeds) -> bool {
        self.chain_id == feeds.chain_id() && self.contract == feeds.contract()
    }

    /// What the contract is sent.
    #[must_use]
    pub fn report(&self) -> Signed {
        Signed {
            reporter: self.reporter.clone(),
            value: self.value,
            time: self.time,
            signature: self.signature.clone(),
        }
    }
}
