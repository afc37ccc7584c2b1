//! What a meter is told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{ChainConfig, LogConfig, MetricsConfig, NetworkConfig};
use super::value::{self, AccountAddress};
use crate::ConfigError;

/// Bounds of `every` and of `idle.sample`.
const EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3_600));
const SAMPLE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(300));
/// Most machines that a member vouches for.
const MAX_MACHINES: usize = 1_000;

/// Settings of a meter, which claims idle time of its machine and vouches for that of others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeterConfig {
    /// Kind of party: always `meter`, so that a file of another party is refused.
    pub role: String,
    /// Keystore with the key of its account.
    pub keys: PathBuf,
    /// Folder for idle time that is not claimed yet.
    pub data: PathBuf,
    /// Time between two looks at the chain.
    #[serde(default = "minute", deserialize_with = "value::one")]
    pub every: Duration,
    /// Node of the chain that it asks, and contracts that it acts on.
    pub chain: ChainConfig,
    /// How this machine is measured; it is not measured without it.
    pub idle: Option<IdleConfig>,
    /// Machines that it vouches for as a member.
    #[serde(default)]
    pub vouch: Vec<VouchConfig>,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

/// How this machine is measured.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdleConfig {
    /// Account that gets the credits; the meter's own if none is given.
    #[serde(default, deserialize_with = "value::optional")]
    pub account: Option<AccountAddress>,
    /// Time between two readings. An interval in which somebody used the machine is not idle.
    #[serde(default = "half_a_minute", deserialize_with = "value::one")]
    pub sample: Duration,
}

/// A machine that the member vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VouchConfig {
    /// Address of the machine's account.
    #[serde(deserialize_with = "value::one")]
    pub machine: AccountAddress,
    /// Most idle time of a period that the member believes of it.
    #[serde(deserialize_with = "value::one")]
    pub most: Duration,
}

const fn minute() -> Duration {
    Duration::from_secs(60)
}

const fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

impl Settings for MeterConfig {
    const ROLE: &'static str = "meter";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        [&mut self.keys, &mut self.data].into_iter().for_each(|path| check.settle_path(path));
        let bounded = |field: &str, found: Duration, (least, most): (Duration, Duration)| {
            if (least..=most).contains(&found) {
                return Ok(());
            }
            let shown = humantime::format_duration;
            Err(check.field(field, shown(found), format!("{} to {}", shown(least), shown(most))))
        };
        bounded("every", self.every, EVERY)?;
        if let Some(idle) = &self.idle {
            bounded("idle.sample", idle.sample, SAMPLE)?;
        }
        if self.idle.is_none() && self.vouch.is_empty() {
            let expected = "[idle] for this machine, or [[vouch]] for others, or both".to_owned();
            return Err(check.field("idle", "missing", expected));
        }
        if self.vouch.len() > MAX_MACHINES {
            return Err(check.field("vouch", self.vouch.len(), format!("at most {MAX_MACHINES} machines")));
        }
        let different: BTreeSet<_> = self.vouch.iter().map(|vouch| &vouch.machine).collect();
        if different.len() != self.vouch.len() {
            return Err(check.field("vouch", "a machine twice", "each machine once".into()));
        }
        check.settle_parts(&mut self.chain, &mut NetworkConfig::default());
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![("keys", &self.keys), ("chain.deployment", &self.chain.deployment)]
    }
}
