//! Agreements: money that waits for a condition.

use bithive_api::asset::Asset;
use bithive_api::escrow::{
    AgreementResponse, ContributionResponse, ExecuteMsg, Hook, QueryMsg, Terms, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::{Contract, Role};

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// The agreements of a chain, and what an account does with them; cheap to clone.
#[derive(Clone)]
pub struct Escrow {
    contract: ContractClient,
}

impl Escrow {
    /// The agreements on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has no contract for them.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Escrow, Role::Economy)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// An agreement; none where there is none of this number, or it has ended.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn agreement(&self, id: u64) -> Result<Option<AgreementResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Agreement { id }).await
    }

    /// Agreements that an account has made, is paid by, signs for or rules on, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn of(&self, party: &str) -> Result<List<AgreementResponse>, ChainError> {
        let page = |start_after| QueryMsg::Agreements {
            party: Some(party.into()),
            start_after,
            limit: Some(MAX_PAGE),
        };
        self.contract.pages(page, |agreement: &AgreementResponse| agreement.id).await
    }

    /// What an account has contributed and not back, by number of the agreement: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn contributions(&self, account: &str) -> Result<List<ContributionResponse>, ChainError> {
        let page = |start_after| QueryMsg::Contributions {
            account: account.into(),
            start_after,
            limit: Some(MAX_PAGE),
        };
        self.contract.pages(page, |contribution: &ContributionResponse| contribution.id).await
    }

    /// What an account can withdraw of an asset, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str, asset: Asset) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Claimable { account: account.into(), asset }).await
    }

    /// Makes an agreement that the account pays in `asset`, in its base units: exactly the sum of the milestones.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn open(
        &self,
        account: &Account,
        payment: (&Asset, u128),
        terms: Terms,
    ) -> Result<Receipt, ChainError> {
        self.contract.bring(account, payment, &ExecuteMsg::Open(terms.clone()), &Hook::Open(terms)).await
    }

    /// Contributes to the agreement `id` of a crowd, in its asset.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn fund(
        &self,
        account: &Account,
        payment: (&Asset, u128),
        id: u64,
    ) -> Result<Receipt, ChainError> {
        self.contract.bring(account, payment, &ExecuteMsg::Fund { id }, &Hook::Fund { id }).await
    }

    /// Any message without coins.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.contract.execute(account, message).await
    }
}

/// What turns an amount of an agreement into a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EscrowStep {
    /// Of a payer or payees: a deadline of this agreement has passed.
    Advance(u64),
    /// Of a contributor to this agreement, which is refunded.
    Refund(u64),
}

impl EscrowStep {
    /// The message that does it for `owner`.
    pub(crate) fn message(self, owner: &str) -> ExecuteMsg {
        match self {
            Self::Advance(id) => ExecuteMsg::Advance { id },
            Self::Refund(id) => ExecuteMsg::Refund { id, contributor: owner.into() },
        }
    }
}
