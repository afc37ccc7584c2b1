//! Typed access to BitHive's contracts on any chain.
//!
//! [`Deployment`] says where the contracts are, [`Client`] asks them, [`Account`] acts on them. Nothing here
//! decides anything: rules live in the packages and the contracts.

mod account;
pub mod amount;
mod checkout;
mod contents;
mod contract;
mod datasets;
mod deployment;
mod discover;
mod dispute;
mod economy;
mod escrow;
mod faults;
mod feeds;
mod flows;
mod grants;
mod group;
pub mod ibc;
mod listings;
mod network_file;
mod owner;
mod queries;
mod randomness;
pub mod refusal;
mod settings;

use std::sync::Arc;

use bithive_chain::Chain;

pub use account::Account;
pub use checkout::Checkout;
pub use datasets::Datasets;
pub use deployment::{Deployment, Incomplete};
pub use discover::{DiscoverError, discover};
pub use dispute::{EvidenceError, key_dispute};
pub use economy::{
    Claimable, Claimables, Claims, EconomyAccount, EconomyClient, Later, List, MOST_MESSAGES, MOST_PAGES,
    NamedSchedule, Payout, Refused, Source, Token, UnknownSchedule, UnknownToken,
};
pub use escrow::Escrow;
pub use faults::{faulted, worth_keeping};
pub use feeds::{Feeds, ReportFile};
pub use flows::{Flows, VoucherFile, holds};
pub use grants::GrantError;
pub use group::GroupError;
pub use listings::{Listings, Next, next_of};
pub use network_file::{NetworkFile, NetworkFileError};
pub use owner::{OwnersMsg, OwnersMsgError, Ownership, has_message, owners_message, ownership, permissions};
pub use randomness::Randomness;
pub use settings::{
    OwnerMessage, OwnerReceipt, OwnerSetting, OwnerSettings, Stage, Unanswered, owner_settings, set_as_owner,
};

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

    /// The chain that is asked.
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
