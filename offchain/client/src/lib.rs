//! Typed access to BitHive's contracts on any chain.
//!
//! [`Deployment`] says where the contracts are, [`Client`] asks them, [`Account`] acts on them. Nothing here
//! decides anything: rules live in the packages and the contracts.

mod account;
mod dispute;
mod economy;
mod faults;
mod queries;

use std::sync::Arc;

use bithive_attest::Domain;
use bithive_chain::Chain;
use serde::{Deserialize, Serialize};

pub use account::Account;
pub use dispute::{EvidenceError, key_dispute};
pub use economy::{
    Claimable, Claimables, Claims, Economy, EconomyAccount, EconomyClient, Later, List, MOST_MESSAGES,
    MOST_PAGES, NamedSchedule, Refused, Source, Taken, Token, UnknownSchedule, UnknownToken,
};
pub use faults::faulted;

/// Addresses of one deployment. Stored as JSON, one file per chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Chain id.
    pub chain_id: String,
    /// BTT.
    pub token: String,
    /// Node registry.
    pub registry: String,
    /// Job market.
    pub jobs: String,
    /// Account that receives the treasury's share.
    pub treasury: String,
    /// Account that receives the patient incentive pool's share.
    pub incentive_pool: String,
}

impl Deployment {
    /// Domain of what is signed for the registry.
    #[must_use]
    pub fn registry_domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: &self.registry }
    }

    /// Domain of what is signed for the job market.
    #[must_use]
    pub fn jobs_domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: &self.jobs }
    }
}

/// Read access to a deployment; cheap to clone.
#[derive(Clone)]
pub struct Client {
    chain: Arc<dyn Chain>,
    deployment: Arc<Deployment>,
}

impl Client {
    /// A client of `deployment` on `chain`.
    #[must_use]
    pub fn new(chain: Arc<dyn Chain>, deployment: Deployment) -> Self {
        Self { chain, deployment: Arc::new(deployment) }
    }

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> &Arc<dyn Chain> {
        &self.chain
    }

    /// Where the contracts are.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }
}
