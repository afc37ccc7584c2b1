//! What a party is told before it starts: a TOML file that explains itself.
//!
//! [`TEMPLATES`] are the files with all their comments, as `bithive config init` writes them. Paths in a file are
//! relative to the file.

mod relayer;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use bithive_api::relay::check_relay_url;
use bithive_exchange::PeerId;
use bithive_inference::Device;
use bithive_transport::Congestion;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::ConfigError;

pub use relayer::{AttestationsConfig, FeesConfig, RelayerConfig, WorkConfig};

/// A commented configuration of each role.
pub const TEMPLATES: [(&str, &str); 5] = [
    (NodeConfig::ROLE, include_str!("../templates/node.toml")),
    (CommitteeConfig::ROLE, include_str!("../templates/committee.toml")),
    (RelayConfig::ROLE, include_str!("../templates/relay.toml")),
    (RelayerConfig::ROLE, include_str!("../templates/relayer.toml")),
    (RequesterConfig::ROLE, include_str!("../templates/requester.toml")),
];

/// Most bytes of a configuration.
const MAX_BYTES: u64 = 1 << 20;

/// Where the chain is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
    /// URL of a CometBFT RPC server.
    pub rpc: String,
    /// File with the addresses of the contracts.
    pub deployment: PathBuf,
}

/// How a party is on the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// UDP addresses to listen on; any address and a free port if there are none.
    pub listen: Vec<String>,
    /// URLs of relays; the first one is registered for the endpoint.
    pub relays: Vec<String>,
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
    pub endpoint: String,
    /// Its addresses.
    pub addresses: Vec<String>,
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
    pub listen: Option<String>,
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
    #[serde(default = "cpu")]
    pub device: String,
    /// Height of the first block that it reads when it has no records; the current one if none is given.
    pub first_block: Option<u64>,
    /// Endpoints of relayers that settle its jobs, 64 hex digits each, tried in this order.
    #[serde(default)]
    pub relayers: Vec<String>,
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

fn cpu() -> String {
    "cpu".into()
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
    pub listen: String,
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
    pub listen: String,
    /// Chain of certificates, PEM.
    pub certificates: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// A configuration of one role.
pub trait Settings: DeserializeOwned {
    /// What `role` says in its file.
    const ROLE: &'static str;

    /// Checks what the types don't, and makes paths relative to the file's folder.
    ///
    /// # Errors
    /// [`ConfigError::Field`].
    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError>;

    /// Files that have to be there before it starts.
    fn files(&self) -> Vec<(&'static str, &Path)>;

    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`], naming the field.
    fn load(file: &Path) -> Result<Self, ConfigError> {
        let check = Check { file };
        let text = check.read()?;
        let role = check.role(&text)?;
        if role != Self::ROLE {
            return Err(check.field("role", role, format!("{:?}", Self::ROLE)));
        }
        let mut settings: Self = toml::from_str(&text).map_err(|error| check.form(&error))?;
        settings.settle(&check)?;
        Ok(settings)
    }
}

/// The role of a file, whatever it is.
///
/// # Errors
/// [`ConfigError::File`], [`ConfigError::Form`]; [`ConfigError::Field`] for a role that there is not.
pub fn role_of(file: &Path) -> Result<String, ConfigError> {
    let check = Check { file };
    let role = check.role(&check.read()?)?;
    if TEMPLATES.iter().any(|(known, _)| *known == role) {
        return Ok(role);
    }
    Err(check.field("role", role, "node, committee, relay, relayer or requester".into()))
}

/// Checks a file of any role, and that the files that it names are there.
///
/// # Errors
/// [`ConfigError`], naming the field.
pub fn validate(file: &Path) -> Result<&'static str, ConfigError> {
    fn all<S: Settings>(file: &Path) -> Result<&'static str, ConfigError> {
        let (settings, check) = (S::load(file)?, Check { file });
        for (field, path) in settings.files() {
            if !path.is_file() {
                return Err(check.field(field, path.display(), "a file that is there".into()));
            }
        }
        Ok(S::ROLE)
    }
    match role_of(file)?.as_str() {
        CommitteeConfig::ROLE => all::<CommitteeConfig>(file),
        RelayConfig::ROLE => all::<RelayConfig>(file),
        RelayerConfig::ROLE => all::<RelayerConfig>(file),
        RequesterConfig::ROLE => all::<RequesterConfig>(file),
        _ => all::<NodeConfig>(file),
    }
}

/// The file that is checked.
pub struct Check<'a> {
    file: &'a Path,
}

impl<'a> Check<'a> {
    /// For settings that come from elsewhere than a file; `name` stands for it in errors.
    #[must_use]
    pub const fn of(name: &'a Path) -> Self {
        Self { file: name }
    }

    fn name(&self) -> String {
        self.file.display().to_string()
    }

    fn read(&self) -> Result<String, ConfigError> {
        let bad = |problem: String| ConfigError::File { file: self.name(), problem };
        let length = std::fs::metadata(self.file).map_err(|error| bad(error.to_string()))?.len();
        if length > MAX_BYTES {
            return Err(bad(format!("it has {length} bytes; expected at most {MAX_BYTES}")));
        }
        std::fs::read_to_string(self.file).map_err(|error| bad(error.to_string()))
    }

    fn form(&self, error: &toml::de::Error) -> ConfigError {
        ConfigError::Form { file: self.name(), problem: error.to_string() }
    }

    fn role(&self, text: &str) -> Result<String, ConfigError> {
        #[derive(Deserialize)]
        struct Named {
            role: String,
        }
        toml::from_str::<Named>(text).map(|named| named.role).map_err(|error| self.form(&error))
    }

    fn field(&self, field: &str, found: impl ToString, expected: String) -> ConfigError {
        ConfigError::Field { file: self.name(), field: field.into(), found: found.to_string(), expected }
    }

    fn settle_path(&self, path: &mut PathBuf) {
        if let Some(folder) = self.file.parent() {
            *path = folder.join(&*path);
        }
    }

    fn socket(&self, field: &str, text: &str) -> Result<SocketAddr, ConfigError> {
        let expected = || "an IP address and a port, like 0.0.0.0:4433 or [::]:4433".to_owned();
        text.parse().map_err(|_| self.field(field, text, expected()))
    }

    fn metrics(&self, metrics: &MetricsConfig) -> Result<(), ConfigError> {
        let Some(listen) = &metrics.listen else { return Ok(()) };
        let address = self.socket("metrics.listen", listen)?;
        if bithive_monitor::is_loopback(&address) {
            return Ok(());
        }
        let expected = "a loopback address, like 127.0.0.1:9464: nobody is asked who they are".to_owned();
        Err(self.field("metrics.listen", listen, expected))
    }

    fn chain(&self, chain: &mut ChainConfig) -> Result<(), ConfigError> {
        let host = chain.rpc.strip_prefix("http://").or_else(|| chain.rpc.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
            let expected = "a URL of a CometBFT RPC server, like http://127.0.0.1:26657".to_owned();
            return Err(self.field("chain.rpc", &chain.rpc, expected));
        }
        self.settle_path(&mut chain.deployment);
        Ok(())
    }

    fn network(&self, network: &mut NetworkConfig) -> Result<(), ConfigError> {
        for (index, address) in network.listen.iter().enumerate() {
            self.socket(&format!("network.listen[{index}]"), address)?;
        }
        for (index, relay) in network.relays.iter().enumerate() {
            if let Err(problem) = check_relay_url(relay) {
                let field = format!("network.relays[{index}]");
                let expected = format!("a URL like https://relay.example:3340 and not one {problem}");
                return Err(self.field(&field, relay, expected));
            }
        }
        network.relay_roots.iter_mut().for_each(|path| self.settle_path(path));
        for (index, peer) in network.peers.iter().enumerate() {
            let field = format!("network.peers[{index}]");
            if peer.id().is_none() {
                let expected = "an endpoint, 64 hex digits".to_owned();
                return Err(self.field(&format!("{field}.endpoint"), &peer.endpoint, expected));
            }
            for (place, address) in peer.addresses.iter().enumerate() {
                self.socket(&format!("{field}.addresses[{place}]"), address)?;
            }
        }
        Ok(())
    }
}

impl MetricsConfig {
    /// The address, if there is one; always, once the file is checked.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.as_ref()?.parse().ok()
    }
}

/// An endpoint from its 64 hex digits.
fn endpoint(text: &str) -> Option<PeerId> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| PeerId(bytes))
}

impl NodeConfig {
    /// Its relayers; all, once the file is checked.
    #[must_use]
    pub fn relayers(&self) -> Vec<PeerId> {
        self.relayers.iter().filter_map(|text| endpoint(text)).collect()
    }
}

impl PeerEntry {
    /// The endpoint, if it is one.
    #[must_use]
    pub fn id(&self) -> Option<PeerId> {
        endpoint(&self.endpoint)
    }

    /// The addresses that are some; all, once the file is checked.
    pub fn sockets(&self) -> Vec<SocketAddr> {
        self.addresses.iter().filter_map(|address| address.parse().ok()).collect()
    }
}

impl Settings for NodeConfig {
    const ROLE: &'static str = "node";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        if let Err(problem) = self.device.parse::<Device>() {
            return Err(check.field("device", &self.device, format!("cpu or gpu ({problem})")));
        }
        for path in [&mut self.keys, &mut self.public_key, &mut self.reference_string, &mut self.data] {
            check.settle_path(path);
        }
        for (index, relayer) in self.relayers.iter().enumerate() {
            if endpoint(relayer).is_none() {
                let expected = "an endpoint, 64 hex digits".to_owned();
                return Err(check.field(&format!("relayers[{index}]"), relayer, expected));
            }
        }
        check.metrics(&self.metrics)?;
        check.chain(&mut self.chain)?;
        check.network(&mut self.network)
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
        check.metrics(&self.metrics)?;
        check.chain(&mut self.chain)?;
        check.network(&mut self.network)
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
        check.chain(&mut self.chain)?;
        check.network(&mut self.network)
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
        check.socket("listen", &self.listen)?;
        check.metrics(&self.metrics)?;
        if let Some(tls) = &mut self.tls {
            check.socket("tls.listen", &tls.listen)?;
            [&mut tls.certificates, &mut tls.key].into_iter().for_each(|path| check.settle_path(path));
        }
        match (&mut self.chain, self.admission) {
            (Some(chain), _) => check.chain(chain),
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
