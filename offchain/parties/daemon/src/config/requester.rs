//! What a requester is told.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{AuditConfig, ChainConfig, LogConfig, NetworkConfig};
use crate::ConfigError;

/// A requester, for commands that act over the network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequesterConfig {
    /// Kind of party: always `requester`, so that a file of another party is refused.
    pub role: String,
    /// Keystore with its keys; see [`crate::keys::AccountFile`].
    pub keys: PathBuf,
    /// File with the reference string whose digest the registry holds.
    pub reference_string: PathBuf,
    /// Folder for its records, messages and content.
    pub data: PathBuf,
    /// Node of the chain that it asks, and contracts that it acts on.
    pub chain: ChainConfig,
    /// Endpoint on the network: sockets, relays and peers.
    #[serde(default)]
    pub network: NetworkConfig,
    /// Where it logs what is done with data and keys; nowhere by default.
    #[serde(default)]
    pub audit: AuditConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

impl Settings for RequesterConfig {
    const ROLE: &'static str = "requester";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        for path in [&mut self.keys, &mut self.reference_string, &mut self.data] {
            check.settle_path(path);
        }
        check.settle_parts(&mut self.chain, &mut self.network);
        check.settle_audit(&mut self.audit);
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![
            ("keys", &self.keys),
            ("reference_string", &self.reference_string),
            ("chain.deployment", &self.chain.deployment),
        ]
    }
}
