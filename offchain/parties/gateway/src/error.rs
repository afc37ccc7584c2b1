//! Why a gateway does not start, or can't go on. What is wrong with one object is a [`Refused`](crate::Refused).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Why a gateway does not start, or can't go on.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A file or folder can't be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key of the spool can't be read.
    #[error(transparent)]
    KeyFile(#[from] bithive_keystore::KeystoreError),
    /// The key of the spool is none.
    #[error("{path}: expected 64 hexadecimal digits; `bithive gateway key {path}` makes a key in a new file", path = path.display())]
    Key {
        /// Path of the file.
        path: PathBuf,
    },
    /// The spool was begun with another key.
    #[error("{path} was begun with another key; give that key, or a new folder", path = path.display())]
    OtherKey {
        /// Path of the folder.
        path: PathBuf,
    },
    /// Another process has the spool.
    #[error("{path} is in use by another process; stop it, or name another folder", path = path.display())]
    InUse {
        /// Path of the folder.
        path: PathBuf,
    },
    /// A file of the spool is not what was written.
    #[error("{path} is damaged: {problem}; restore it from a copy, or move it out of the folder", path = path.display())]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong.
        problem: &'static str,
    },
    /// Nobody can listen at the address.
    #[error(
        "{field} = \"{address}\": {problem}; another program may have it, or the port needs a right that this process lacks"
    )]
    Listen {
        /// Name of the setting in the configuration.
        field: &'static str,
        /// The address that it should listen at.
        address: SocketAddr,
        /// What the system says.
        problem: std::io::Error,
    },
    /// A certificate or its key can't be used.
    #[error("{path}: {problem}", path = path.display())]
    Tls {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A file that a rule or destination names is none that it can be.
    #[error("{path}: {problem}", path = path.display())]
    Rule {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The system gives no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(String),
    /// A gateway is at no such address.
    #[error(
        "{0:?} is no address of a gateway; expected https://..., or http:// on this machine, and no secrets in it"
    )]
    Address(String),
    /// The HTTP client can't be made.
    #[error("the HTTP client: {0}")]
    Client(String),
    /// A task of the gateway broke.
    #[error("a task of the gateway ended badly: {0}")]
    Task(String),
    /// The audit log can't be written.
    #[error(transparent)]
    Audit(#[from] bithive_audit_log::AuditLogError),
    /// Path of the configuration.
    #[error(transparent)]
    Config(#[from] crate::config_error::ConfigError),
}

pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> GatewayError + '_ {
    |source| GatewayError::Io { path: path.to_owned(), source }
}
