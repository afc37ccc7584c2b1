//! What a relayer is told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bithive_api::jobs::limits::MAX_FINALIZATIONS;
use bithive_chain::validate_address;
use serde::Deserialize;

use super::{ChainConfig, Check, LogConfig, MetricsConfig, NetworkConfig, Settings};
use crate::ConfigError;

/// Longest spread, in seconds: one hour.
const MAX_SPREAD: u64 = 3_600;

/// A relayer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayerConfig {
    /// `relayer`.
    pub role: String,
    /// Keystore with its keys; see [`crate::keys::AccountFile`].
    pub keys: PathBuf,
    /// Folder for its outbox, messages and content.
    pub data: PathBuf,
    /// Height of the first block that it reads when it has no records; the next one if none is given.
    pub first_block: Option<u64>,
    /// Chain.
    pub chain: ChainConfig,
    /// Network.
    #[serde(default)]
    pub network: NetworkConfig,
    /// Fees.
    pub fees: FeesConfig,
    /// Work.
    #[serde(default)]
    pub work: WorkConfig,
    /// Attestations to other chains.
    pub attestations: Option<AttestationsConfig>,
    /// Metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Log.
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
    /// Longest time that it waits beyond a deadline, in seconds; each relayer waits another part of it.
    pub spread_seconds: u64,
    /// Most jobs in one transaction.
    pub batch: usize,
}

impl Default for WorkConfig {
    fn default() -> Self {
        Self { spread_seconds: 20, batch: 64 }
    }
}

/// Where attestations of settled jobs go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestationsConfig {
    /// Address of the attestations contract on this chain.
    pub contract: String,
    /// Its channels.
    pub channels: BTreeSet<String>,
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
        let WorkConfig { spread_seconds, batch } = self.work;
        if spread_seconds > MAX_SPREAD {
            return Err(check.field("work.spread_seconds", spread_seconds, format!("0 to {MAX_SPREAD}")));
        }
        if !(1..=MAX_FINALIZATIONS).contains(&batch) {
            return Err(check.field("work.batch", batch, format!("1 to {MAX_FINALIZATIONS}")));
        }
        if let Some(AttestationsConfig { contract, channels }) = &self.attestations {
            if let Err(problem) = validate_address(contract) {
                let expected = format!("the address of a contract ({problem})");
                return Err(check.field("attestations.contract", contract, expected));
            }
            let number = |channel: &str| channel.strip_prefix("channel-").map(str::parse::<u64>);
            if let Some(bad) = channels.iter().find(|channel| !matches!(number(channel), Some(Ok(_)))) {
                return Err(check.field("attestations.channels", bad, "names like channel-0".into()));
            }
            if channels.is_empty() {
                let expected = "at least one channel, or no [attestations]".to_owned();
                return Err(check.field("attestations.channels", "empty", expected));
            }
        }
        check.metrics(&self.metrics)?;
        check.chain(&mut self.chain)?;
        check.network(&mut self.network)
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![("keys", &self.keys), ("chain.deployment", &self.chain.deployment)]
    }
}
