//! What a meter tells.

use serde::{Deserialize, Serialize};

/// Something that a meter did or found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Report {
    /// It claimed idle time of this machine.
    Claimed {
        /// Number of the period.
        period: u64,
        /// Idle time of the period, in seconds.
        seconds: u64,
        /// Address of the account that is to get the credits.
        account: String,
    },
    /// It vouched for what a machine has claimed.
    Vouched {
        /// Address of the machine.
        machine: String,
        /// Number of the period.
        period: u64,
        /// Idle time that the machine claims, in seconds.
        seconds: u64,
    },
    /// It does not vouch: the machine has claimed more than the configuration allows it.
    LeftOut {
        /// Address of the machine.
        machine: String,
        /// Number of the period.
        period: u64,
        /// What was claimed, in seconds.
        seconds: u64,
        /// What the configuration allows, in seconds.
        most: u64,
    },
    /// The time bank gave credits that were due.
    Collected {
        /// Address of the account.
        account: String,
        /// Number of credits that it got.
        credits: u64,
    },
}
