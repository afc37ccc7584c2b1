//! What a relayer is told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bithive_api::jobs::limits::MAX_FINALIZATIONS;
use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{ChainConfig, LogConfig, MetricsConfig, NetworkConfig};
use super::value::{self, ChannelId, ContractAddress};
use crate::ConfigError;

/// Upper bound of the relayer's `spread`: an hour.
const MAX_SPREAD: Duration = Duration::from_secs(3_600);

/// Settings of a relayer, which settles jobs and acts at deadlines for others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayerConfig {
    /// Kind of party: always `relayer`, so that a file of another party is refused.
    pub role: String,
    /// Keystore with its keys; see [`crate::keys::AccountFile`].
    pub keys: PathBuf,
    /// Folder for its outbox, messages and content.
    pub data: PathBuf,
    /// Height of the first block that it reads when it has no records; the next one if none is given.
    pub first_block: Option<u64>,
    /// Node of the chain that it asks, and contracts that it acts on.
    pub chain: ChainConfig,
    /// Endpoint on the network: sockets, relays and peers.
    #[serde(default)]
    pub network: NetworkConfig,
    /// What it may spend, in base units of the chain's fee denomination.
    pub fees: FeesConfig,
    /// How long it waits beyond a deadline, and how many jobs one transaction settles.
    #[serde(default)]
    pub work: WorkConfig,
    /// Attestations to other chains.
    pub attestations: Option<AttestationsConfig>,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

/// What it may spend, in base units of the chain's fee denomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeesConfig {
    /// Most for one transaction.
    pub per_transaction: u64,
    /// Most in one day (UTC, by block time).
    pub per_day: u64,
    /// Balance below which it warns.
    pub warn_below: u64,
}

/// How it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkConfig {
    /// Longest time that it waits beyond a deadline; each relayer waits another part of it.
    #[serde(deserialize_with = "value::one")]
    pub spread: Duration,
    /// Most jobs in one transaction.
    pub batch: usize,
}

impl Default for WorkConfig {
    fn default() -> Self {
        Self { spread: Duration::from_secs(20), batch: 64 }
    }
}

/// Where attestations of settled jobs go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestationsConfig {
    /// Address of the attestations contract on this chain.
    #[serde(deserialize_with = "value::one")]
    pub contract: ContractAddress,
    /// Its channels; at least one.
    #[serde(deserialize_with = "value::list")]
    pub channels: BTreeSet<ChannelId>,
}

impl Settings for RelayerConfig {
    const ROLE: &'static str = "relayer";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        [&mut self.keys, &mut self.data].into_iter().for_each(|path| check.settle_path(path));
        let FeesConfig { per_transaction, per_day, .. } = self.fees;
        if per_transaction == 0 {
            return Err(check.field("fees.per_transaction", 0, "more than 0".into()));
        }
        if per_day < per_transaction {
            let expected = format!("at least fees.per_transaction, which is {per_transaction}");
            return Err(check.field("fees.per_day", per_day, expected));
        }
        let WorkConfig { spread, batch } = self.work;
        if spread > MAX_SPREAD {
            let found = humantime::format_duration(spread);
            return Err(check.field("work.spread", found, "0s to 1h".into()));
        }
        if !(1..=MAX_FINALIZATIONS).contains(&batch) {
            return Err(check.field("work.batch", batch, format!("1 to {MAX_FINALIZATIONS}")));
        }
        if self.attestations.as_ref().is_some_and(|attestations| attestations.channels.is_empty()) {
            let expected = "at least one channel, or no [attestations]".to_owned();
            return Err(check.field("attestations.channels", "empty", expected));
        }
        check.settle_parts(&mut self.chain, &mut self.network);
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![("keys", &self.keys), ("chain.deployment", &self.chain.deployment)]
    }
}
