//! What a contributor node is told.

use std::path::{Path, PathBuf};

use bithive_exchange::PeerId;
use bithive_inference::Device;
use bithive_memory_proof::MAX_BLOCKS;
use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{AuditConfig, ChainConfig, LogConfig, MetricsConfig, NetworkConfig};
use super::value;
use crate::ConfigError;

/// A contributor node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// Kind of party: always `node`, so that a file of another party is refused.
    pub role: String,
    /// Keystore with its keys, attributes and price; see [`crate::keys::NodeFile`].
    pub keys: PathBuf,
    /// File with its public DGKBE key, which others fetch from it.
    pub public_key: PathBuf,
    /// File with the reference string whose digest the registry holds.
    pub reference_string: PathBuf,
    /// Folder for its records, messages and content.
    pub data: PathBuf,
    /// Where models run.
    #[serde(default, deserialize_with = "value::one")]
    pub device: Device,
    /// Height of the first block that it reads when it has no records; the current one if none is given.
    pub first_block: Option<u64>,
    /// Endpoints of relayers that settle its jobs, 64 hex digits each, tried in this order.
    #[serde(default, deserialize_with = "value::list")]
    pub relayers: Vec<PeerId>,
    /// Who may measure its machine; nobody by default.
    #[serde(default)]
    pub measurement: MeasurementConfig,
    /// Node of the chain that it asks, and contracts that it acts on.
    pub chain: ChainConfig,
    /// Endpoint on the network: sockets, relays and peers.
    #[serde(default)]
    pub network: NetworkConfig,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Where it logs what is done with data and keys; nowhere by default.
    #[serde(default)]
    pub audit: AuditConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

/// Who may measure the machine, and how much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeasurementConfig {
    /// Endpoints of accreditors, 64 hex digits each.
    #[serde(deserialize_with = "value::list")]
    pub accreditors: Vec<PeerId>,
    /// Most main memory that is filled, in GiB; with 0, memory is not measured.
    pub memory_gib: u32,
}

impl MeasurementConfig {
    /// Most memory that can be measured, in GiB.
    const MOST_GIB: u32 = MAX_BLOCKS >> 20;

    /// Most blocks of 1 KiB that are filled.
    #[must_use]
    pub const fn most_blocks(&self) -> u32 {
        self.memory_gib.saturating_mul(1 << 20)
    }
}

impl Settings for NodeConfig {
    const ROLE: &'static str = "node";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        for path in [&mut self.keys, &mut self.public_key, &mut self.reference_string, &mut self.data] {
            check.settle_path(path);
        }
        check.settle_parts(&mut self.chain, &mut self.network);
        check.settle_audit(&mut self.audit);
        let gib = self.measurement.memory_gib;
        if gib > MeasurementConfig::MOST_GIB {
            let expected = format!("0 to {} GiB", MeasurementConfig::MOST_GIB);
            return Err(check.field("measurement.memory_gib", gib, expected));
        }
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![
            ("keys", &self.keys),
            ("public_key", &self.public_key),
            ("reference_string", &self.reference_string),
            ("chain.deployment", &self.chain.deployment),
        ]
    }
}
