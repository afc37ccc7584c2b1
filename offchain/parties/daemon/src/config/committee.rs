//! What a committee member is told.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{ChainConfig, LogConfig, MetricsConfig, NetworkConfig};
use crate::ConfigError;

/// A committee member.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitteeConfig {
    /// `committee`.
    pub role: String,
    /// Keystore with its keys; see [`crate::keys::AccountFile`].
    pub keys: PathBuf,
    /// Folder for its records, messages and content.
    pub data: PathBuf,
    /// Chain.
    pub chain: ChainConfig,
    /// Network.
    #[serde(default)]
    pub network: NetworkConfig,
    /// Metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Log.
    #[serde(default)]
    pub log: LogConfig,
}

impl Settings for CommitteeConfig {
    const ROLE: &'static str = "committee";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        [&mut self.keys, &mut self.data].into_iter().for_each(|path| check.settle_path(path));
        check.settle_parts(&mut self.chain, &mut self.network);
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![("keys", &self.keys), ("chain.deployment", &self.chain.deployment)]
    }
}
