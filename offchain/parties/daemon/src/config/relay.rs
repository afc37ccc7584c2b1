//! What a relay is told.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{Admitted, ChainConfig, LogConfig, MetricsConfig};
use super::value;
use crate::ConfigError;

/// Settings of a relay, which forwards between endpoints that can't reach each other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayConfig {
    /// Kind of party: always `relay`, so that a file of another party is refused.
    pub role: String,
    /// TCP address for clients, or, with TLS, for redirects to the other one.
    #[serde(deserialize_with = "value::one")]
    pub listen: SocketAddr,
    /// Certificate and HTTPS socket; plain HTTP without.
    pub tls: Option<RelayTls>,
    /// Most bytes per second of each client; no limit if there is none.
    pub client_rate: Option<NonZeroU32>,
    /// Most connections of one address whose clients have not shown who they are; 32 if it is not given.
    pub connections_of_address: Option<NonZeroU32>,
    /// Who may use it.
    #[serde(default)]
    pub admission: Admitted,
    /// Chain, for admission by the registry.
    pub chain: Option<ChainConfig>,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Form and filter of its log; text at level `info` by default.
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
