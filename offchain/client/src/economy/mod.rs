//! The contracts around the market.

use serde::{Deserialize, Serialize};

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
