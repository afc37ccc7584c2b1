//! What a party is told before it starts: a TOML file that explains itself.
//!
//! [`TEMPLATES`] are the files with all their comments, as `bithive config init` writes them. Paths in a file are
//! relative to the file. What is written as text (sockets, endpoints, URLs, durations) is parsed while the file is read.

mod load;
mod relayer;
mod value;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use bithive_exchange::PeerId;
use bithive_inference::Device;
use bithive_transport::Congestion;
use serde::Deserialize;

use crate::ConfigError;

pub use load::{Check, Settings, role_of, validate};
pub use relayer::{AttestationsConfig, FeesConfig, RelayerConfig, WorkConfig};
pub use value::{ChannelId, ContractAddress, LoopbackAddress, Mismatch, RelayUrl, RpcUrl};

/// A commented configuration of each role.
pub const TEMPLATES: [(&str, &str); 5] = [
    (NodeConfig::ROLE, include_str!("../templates/node.toml")),
    (CommitteeConfig::ROLE, include_str!("../templates/committee.toml")),
    (RelayConfig::ROLE, include_str!("../templates/relay.toml")),
    (RelayerConfig::ROLE, include_str!("../templates/relayer.toml")),
    (RequesterConfig::ROLE, include_str!("../templates/requester.toml")),
];

/// Where the chain is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
    /// A CometBFT RPC server.
    #[serde(deserialize_with = "value::one")]
    pub rpc: RpcUrl,
    /// File with the addresses of the contracts.
    pub deployment: PathBuf,
}

/// How a party is on the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// UDP addresses to listen on; any address and a free port if there are none.
    #[serde(deserialize_with = "value::list")]
    pub listen: Vec<SocketAddr>,
    /// Relays; the first one is registered for the endpoint.
    #[serde(deserialize_with = "value::list")]
    pub relays: Vec<RelayUrl>,
    /// Certificates (PEM) that sign the relays' own.
    pub relay_roots: Vec<PathBuf>,
    /// Peers whose addresses are known.
    pub peers: Vec<PeerEntry>,
    /// Whether to look for peers on the local network.
    pub local_discovery: bool,
    /// Who may connect.
    pub admission: Admitted,
    /// Congestion control of what the party sends.
    pub congestion: Congestion,
}

/// A peer whose addresses are known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerEntry {
    /// Its endpoint, 64 hex digits.
    #[serde(deserialize_with = "value::one")]
    pub endpoint: PeerId,
    /// UDP addresses at which it listens.
    #[serde(deserialize_with = "value::list")]
    pub addresses: Vec<SocketAddr>,
}

/// Who may connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Admitted {
    /// Whom the registry knows.
    #[default]
    Registry,
    /// Everybody.
    Everyone,
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// For people or for machines.
    pub format: LogFormat,
    /// Which lines, as a filter of the `tracing` crates: a level, or levels by module.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

/// What the party says of itself to programs on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Loopback TCP address of `/metrics` and `/status`; nothing is served without one.
    #[serde(deserialize_with = "value::optional")]
    pub listen: Option<LoopbackAddress>,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// A contributor node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// `node`.
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

/// A requester, for commands that act over the network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequesterConfig {
    /// `requester`.
    pub role: String,
    /// Keystore with its keys; see [`crate::keys::AccountFile`].
    pub keys: PathBuf,
    /// File with the reference string whose digest the registry holds.
    pub reference_string: PathBuf,
    /// Folder for its records, messages and content.
    pub data: PathBuf,
    /// Chain.
    pub chain: ChainConfig,
    /// Network.
    #[serde(default)]
    pub network: NetworkConfig,
    /// Log.
    #[serde(default)]
    pub log: LogConfig,
}

/// A relay.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayConfig {
    /// `relay`.
    pub role: String,
    /// TCP address for clients, or, with TLS, for redirects to the other one.
    #[serde(deserialize_with = "value::one")]
    pub listen: SocketAddr,
    /// TLS.
    pub tls: Option<RelayTls>,
    /// Most bytes per second of each client; no limit if there is none.
    pub client_rate: Option<NonZeroU32>,
    /// Who may use it.
    #[serde(default)]
    pub admission: Admitted,
    /// Chain, for admission by the registry.
    pub chain: Option<ChainConfig>,
    /// Metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Log.
    #[serde(default)]
    pub log: LogConfig,
}

/// TLS of a relay.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayTls {
    /// TCP address for clients.
    #[serde(deserialize_with = "value::one")]
    pub listen: SocketAddr,
    /// Chain of certificates, PEM.
    pub certificates: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

impl Settings for NodeConfig {
    const ROLE: &'static str = "node";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        for path in [&mut self.keys, &mut self.public_key, &mut self.reference_string, &mut self.data] {
            check.settle_path(path);
        }
        check.settle_parts(&mut self.chain, &mut self.network);
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

impl Settings for RequesterConfig {
    const ROLE: &'static str = "requester";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        for path in [&mut self.keys, &mut self.reference_string, &mut self.data] {
            check.settle_path(path);
        }
        check.settle_parts(&mut self.chain, &mut self.network);
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

impl Settings for RelayConfig {
    const ROLE: &'static str = "relay";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        if let Some(tls) = &mut self.tls {
            [&mut tls.certificates, &mut tls.key].into_iter().for_each(|path| check.settle_path(path));
        }
        match (&mut self.chain, self.admission) {
            (Some(chain), _) => {
                check.settle_path(&mut chain.deployment);
                Ok(())
            }
            (None, Admitted::Everyone) => Ok(()),
            (None, Admitted::Registry) => {
                let expected = "a [chain] to ask who belongs, or admission = \"everyone\"".to_owned();
                Err(check.field("chain", "missing", expected))
            }
        }
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        let chain = self.chain.iter().map(|chain| ("chain.deployment", chain.deployment.as_path()));
        let tls = self.tls.iter().flat_map(|tls| {
            [("tls.certificates", tls.certificates.as_path()), ("tls.key", tls.key.as_path())]
        });
        chain.chain(tls).collect()
    }
}
