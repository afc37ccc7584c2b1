//! Queries, each named after what it answers.

use bithive_api::{jobs, registry, token};
use bithive_chain::{ChainError, ChainExt};
use bithive_economics::fault;
use cosmwasm_std::{HexBinary, Uint128};
use cw20::{AllAccountsResponse, BalanceResponse};

use crate::Client;

impl Client {
    /// A job with its terms, current round and outcome.
    ///
    /// # Errors
    /// The contract's error when there is no such job; see [`ChainError`].
    pub async fn job(&self, job_id: u64) -> Result<jobs::JobResponse, ChainError> {
        self.jobs(&jobs::QueryMsg::Job { job_id }).await
    }

    /// A page of jobs after `start_after`.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn job_page(&self, start_after: Option<u64>) -> Result<Vec<jobs::JobResponse>, ChainError> {
        self.jobs(&jobs::QueryMsg::Jobs { start_after, limit: Some(jobs::limits::MAX_PAGE) }).await
    }

    /// All jobs, page after page.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn all_jobs(&self) -> Result<Vec<jobs::JobResponse>, ChainError> {
        let mut all: Vec<jobs::JobResponse> = Vec::new();
        loop {
            let page = self.job_page(all.last().map(|job| job.job_id)).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// A job's vault, encoded.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn vault(&self, job_id: u64) -> Result<Vec<u8>, ChainError> {
        let response: jobs::VaultResponse = self.jobs(&jobs::QueryMsg::Vault { job_id }).await?;
        Ok(response.vault.into())
    }

    /// What settled several jobs at once, by the first of them.
    ///
    /// # Errors
    /// The contract's error when it is not the first job of a batch; see [`ChainError`].
    pub async fn batch(&self, batch: u64) -> Result<jobs::BatchResponse, ChainError> {
        self.jobs(&jobs::QueryMsg::Batch { batch }).await
    }

    /// Whether emissions and registry were told of a settled job.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn is_reported(&self, job_id: u64) -> Result<bool, ChainError> {
        let response: jobs::ReportingResponse = self.jobs(&jobs::QueryMsg::Reporting { job_id }).await?;
        Ok(response.reported)
    }

    /// What `address` may withdraw from the market, in base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, address: &str) -> Result<u128, ChainError> {
        let amount: Uint128 = self.jobs(&jobs::QueryMsg::Claimable { address: address.into() }).await?;
        Ok(amount.u128())
    }

    /// Rounds that `address` is bound in as a worker.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn open_rounds(&self, address: &str) -> Result<u32, ChainError> {
        self.jobs(&jobs::QueryMsg::OpenRounds { address: address.into() }).await
    }

    /// Whether the bond of a node covers one round more in the market.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn has_room(&self, node: &registry::NodeResponse) -> Result<bool, ChainError> {
        let slash = self.jobs_config().await?.slash_amount.u128();
        let rounds = self.open_rounds(node.address.as_str()).await?.saturating_add(1);
        Ok(fault::covers(node.bond.u128(), rounds, slash))
    }

    /// The market's sums.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn totals(&self) -> Result<jobs::TotalsResponse, ChainError> {
        self.jobs(&jobs::QueryMsg::Totals {}).await
    }

    /// The market's parameters.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn jobs_config(&self) -> Result<jobs::ConfigResponse, ChainError> {
        self.jobs(&jobs::QueryMsg::Config {}).await
    }

    /// The registry's parameters.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn registry_config(&self) -> Result<registry::ConfigResponse, ChainError> {
        self.registry(&registry::QueryMsg::Config {}).await
    }

    /// The node of an account, if it is one.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn node(&self, address: &str) -> Result<Option<registry::NodeResponse>, ChainError> {
        self.registry(&registry::QueryMsg::Node { address: address.into() }).await
    }

    /// The nodes at `slots`, in their order.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn nodes_at(&self, slots: Vec<u16>) -> Result<Vec<Option<registry::NodeResponse>>, ChainError> {
        self.registry(&registry::QueryMsg::NodesAt { slots }).await
    }

    /// All nodes, page after page.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn nodes(&self) -> Result<Vec<registry::NodeResponse>, ChainError> {
        let mut nodes: Vec<registry::NodeResponse> = Vec::new();
        loop {
            let start_after = nodes.last().map(|node| node.registration.slot);
            let limit = Some(registry::limits::MAX_PAGE);
            let page: Vec<_> = self.registry(&registry::QueryMsg::Nodes { start_after, limit }).await?;
            if page.is_empty() {
                return Ok(nodes);
            }
            nodes.extend(page);
        }
    }

    /// Who is behind an endpoint.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn identity(
        &self,
        endpoint: [u8; 32],
    ) -> Result<Option<registry::IdentityResponse>, ChainError> {
        self.registry(&registry::QueryMsg::Identity { endpoint: HexBinary::from(&endpoint) }).await
    }

    /// Who may vouch for attributes of nodes, and for which that is needed.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn accreditation(&self) -> Result<registry::AccreditationResponse, ChainError> {
        self.registry(&registry::QueryMsg::Accreditation {}).await
    }

    /// What a node has committed to, and what accreditors say of it; none if there is no node.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn accredited(
        &self,
        address: &str,
    ) -> Result<Option<registry::AccreditedResponse>, ChainError> {
        self.registry(&registry::QueryMsg::Accredited { address: address.into() }).await
    }

    /// The relay through which an endpoint can be reached, if it has named one.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn relay(&self, endpoint: [u8; 32]) -> Result<Option<String>, ChainError> {
        self.registry(&registry::QueryMsg::Relay { endpoint: HexBinary::from(&endpoint) }).await
    }

    /// The requester of an account, if it is one.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn requester(&self, address: &str) -> Result<Option<registry::RequesterResponse>, ChainError> {
        self.registry(&registry::QueryMsg::Requester { address: address.into() }).await
    }

    /// The committee and the current epoch.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn committee(&self) -> Result<registry::CommitteeResponse, ChainError> {
        self.registry(&registry::QueryMsg::Committee { epoch: None }).await
    }

    /// The committee of an epoch, current, last or to come, and the current epoch.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn committee_at(&self, epoch: u64) -> Result<registry::CommitteeResponse, ChainError> {
        self.registry(&registry::QueryMsg::Committee { epoch: Some(epoch) }).await
    }

    /// Who stands for the committee, and how it is elected.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn candidates(&self) -> Result<registry::CandidatesResponse, ChainError> {
        self.registry(&registry::QueryMsg::Candidates {}).await
    }

    /// What a node has done, and its scores; none for an account that never was in a job and is no node.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn performance(
        &self,
        address: &str,
    ) -> Result<Option<registry::PerformanceResponse>, ChainError> {
        self.registry(&registry::QueryMsg::Performance { address: address.into() }).await
    }

    /// Whether the registry refuses registrations, candidates and elections.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn registry_paused(&self) -> Result<bool, ChainError> {
        self.registry(&registry::QueryMsg::Paused {}).await
    }

    /// What members of the committee have yet to do that they can be reported for.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn duties(&self) -> Result<Vec<registry::DutyResponse>, ChainError> {
        self.registry(&registry::QueryMsg::Duties {}).await
    }

    /// What the members posted for an epoch.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn share_keys(&self, epoch: u64) -> Result<Vec<registry::ShareKeysResponse>, ChainError> {
        self.registry(&registry::QueryMsg::ShareKeys { epoch }).await
    }

    /// BTT balance of an address, in base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn balance(&self, address: &str) -> Result<u128, ChainError> {
        let answer: BalanceResponse =
            self.token(&token::QueryMsg::Balance { address: address.into() }).await?;
        Ok(answer.balance.u128())
    }

    /// What was minted and burnt of BTT.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn supply(&self) -> Result<token::SupplyResponse, ChainError> {
        self.token(&token::QueryMsg::Supply {}).await
    }

    /// Every account that has held BTT, with its balance: an audit, not for every block.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn balances(&self) -> Result<Vec<(String, u128)>, ChainError> {
        let mut balances: Vec<(String, u128)> = Vec::new();
        loop {
            let start_after = balances.last().map(|(address, _)| address.clone());
            let page: AllAccountsResponse =
                self.token(&token::QueryMsg::AllAccounts { start_after, limit: Some(30) }).await?;
            if page.accounts.is_empty() {
                return Ok(balances);
            }
            for address in page.accounts {
                let balance = self.balance(&address).await?;
                balances.push((address, balance));
            }
        }
    }

    async fn jobs<T: serde::de::DeserializeOwned>(&self, msg: &jobs::QueryMsg) -> Result<T, ChainError> {
        self.chain.query(self.deployment.jobs(), msg).await
    }

    async fn registry<T: serde::de::DeserializeOwned>(
        &self,
        msg: &registry::QueryMsg,
    ) -> Result<T, ChainError> {
        self.chain.query(self.deployment.registry(), msg).await
    }

    async fn token<T: serde::de::DeserializeOwned>(&self, msg: &token::QueryMsg) -> Result<T, ChainError> {
        self.chain.query(self.deployment.token(), msg).await
    }
}
