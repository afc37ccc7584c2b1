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
    /// Kind of party: always `committee`, so that a file of another party is refused.
    pub role: String,
    /// Keystore with its keys; see [`crate::keys::AccountFile`].
    pub keys: PathBuf,
    /// Keystores with its keys for releases of contents' keys, one for each committee that it has made such a key with; opened with the
    /// password of [`CommitteeConfig::keys`]. None by default.
    #[serde(default)]
    pub release: Vec<PathBuf>,
    /// Folder for its records, messages and content.
    pub data: PathBuf,
    /// Node of the chain that it asks, and contracts that it acts on.
    pub chain: ChainConfig,
    /// Endpoint on the network: sockets, relays and peers.
    #[serde(default)]
    pub network: NetworkConfig,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

impl Settings for CommitteeConfig {
    const ROLE: &'static str = "committee";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        [&mut self.keys, &mut self.data].into_iter().for_each(|path| check.settle_path(path));
        self.release.iter_mut().for_each(|path| check.settle_path(path));
        check.settle_parts(&mut self.chain, &mut self.network);
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        let mut files: Vec<(&'static str, &Path)> =
            vec![("keys", &self.keys), ("chain.deployment", &self.chain.deployment)];
        files.extend(self.release.iter().map(|path| ("release", path.as_path())));
        files
    }
}
