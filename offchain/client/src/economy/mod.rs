//! The contracts around the market: [`Economy`] says where they are, [`EconomyClient`] asks them, [`EconomyAccount`] acts
//! on them. [`EconomyClient::claimables`] lists what an account can take of all of them, and
//! [`EconomyAccount::claim_all`] takes it.

mod account;
mod claim;
mod claimable;
mod queries;
mod schedules;
mod token;

use serde::{Deserialize, Serialize};

pub use account::EconomyAccount;
pub use claim::{Claims, MOST_MESSAGES, Refused, Taken};
pub use claimable::{Claimable, Claimables, Later, Source};
pub use queries::{EconomyClient, List, MOST_PAGES};
pub use schedules::{NamedSchedule, UnknownSchedule};
pub use token::{Token, UnknownToken};

/// Where the contracts of the tokens' economy are; the market's are in [`crate::Deployment`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Economy {
    /// BTK.
    pub btk: String,
    /// SKY.
    pub sky: String,
    /// Locked tokens of any kind.
    pub vesting: String,
    /// The minter of BTK.
    pub emissions: String,
    /// BTK behind nodes.
    pub staking: String,
    /// BTT for patients.
    pub rewards: String,
    /// Buys BTT back and burns it.
    pub treasury: String,
    /// Credits for idle compute.
    pub timebank: String,
}
