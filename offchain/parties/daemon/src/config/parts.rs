//! What the configurations of several roles have.

use std::net::SocketAddr;
use std::path::PathBuf;

use bithive_exchange::{PeerId, RelayUrl};
use bithive_transport::Congestion;
use cosmwasm_std::Decimal;
use serde::Deserialize;

use super::value::{self, LogFilter, LoopbackAddress, RpcUrls};

/// Where the chain is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
    /// CometBFT RPC servers of one chain, in the order in which they are preferred.
    pub rpc: RpcUrls,
    /// File with the addresses of the contracts.
    pub deployment: PathBuf,
    /// Highest price of one unit of gas that is paid when the chain asks for more than the usual one; four times that if
    /// none is given.
    #[serde(default, deserialize_with = "value::optional")]
    pub max_gas_price: Option<Decimal>,
}

impl ChainConfig {
    /// These servers and this deployment, with the default price.
    #[must_use]
    pub fn new(rpc: impl Into<RpcUrls>, deployment: PathBuf) -> Self {
        Self { rpc: rpc.into(), deployment, max_gas_price: None }
    }
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
    /// Everybody, registered or not.
    Everyone,
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// For people or for machines.
    pub format: LogFormat,
    /// Which lines of the log are written.
    #[serde(deserialize_with = "value::one")]
    pub filter: LogFilter,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: LogFilter::info() }
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

/// What is done with data and keys is logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// Folder of the audit log; nothing is logged without one.
    pub log: Option<PathBuf>,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line of text with time, level and message, for people.
    Text,
    /// One JSON object.
    Json,
}
