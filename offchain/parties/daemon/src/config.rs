//! What a party is told before it starts: a TOML file that explains itself.
//!
//! [`TEMPLATES`] are the files with all their comments, as `bithive config init` writes them. Paths in a file are
//! relative to the file. What is written as text (sockets, endpoints, URLs, durations) is parsed while the file is read.

mod check;
mod committee;
mod draft;
mod load;
mod meter;
mod node;
mod oracle;
mod parts;
mod relay;
mod relayer;
mod requester;
mod value;

pub use check::{Check, Settings};
// The types of fields that have a home of their own.
pub use bithive_chain::RpcUrl;
pub use bithive_exchange::RelayUrl;
pub use committee::CommitteeConfig;
pub use draft::Draft;
pub use load::{TEMPLATES, role_of, validate, written_role};
pub use meter::{IdleConfig, MeterConfig, VouchConfig};
pub use node::{MeasurementConfig, NodeConfig};
pub use oracle::{OracleConfig, ProjectConfig};
pub use parts::{
    Admitted, AuditConfig, ChainConfig, LogConfig, LogFormat, MetricsConfig, NetworkConfig, PeerEntry,
};
pub use relay::{RelayConfig, RelayTls};
pub use relayer::{AttestationsConfig, FeesConfig, RelayerConfig, WorkConfig};
pub use requester::RequesterConfig;
pub use value::{
    AccountAddress, ChannelId, ContractAddress, LogFilter, LoopbackAddress, Mismatch, Place, ProjectUrl,
    RpcUrls,
};
