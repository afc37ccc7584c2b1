//! Errors that keep a party from running.

use std::fmt;
use std::path::PathBuf;

use bithive_audit_log::AuditLogError;
use bithive_chain::ChainError;
use bithive_client::{GroupError, Incomplete};
use bithive_committee::ServiceError;
use bithive_keystore::KeystoreError;
use bithive_monitor::MonitorError;
use bithive_node::NodeError;
use bithive_state::StateError;
use bithive_transport::TransportError;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file can't be read.
    #[error("{file}: {problem}")]
    File {
        /// Path of the file.
        file: String,
        /// What is wrong, from the system.
        problem: String,
    },
    /// It is not TOML, lacks a field, or has an unknown field or one of another type; the text names line and field.
    #[error("{file}: {problem}")]
    Form {
        /// Path of the file.
        file: String,
        /// The parser's error.
        problem: String,
    },
    /// A text is not a value that the field can have.
    #[error("{file}: {field} is {problem}")]
    Value {
        /// Path of the file.
        file: String,
        /// The field, with its path.
        field: String,
        /// What was given, in quotes, and what can be given.
        problem: String,
    },
    /// Files that it names are not there.
    #[error("{file}: {files}")]
    Missing {
        /// Path of the file.
        file: String,
        /// Which, and what makes them.
        files: MissingFiles,
    },
    /// A value is out of its range, or does not go with another one.
    #[error("{file}: {field} is {found:?}; expected {expected}")]
    Field {
        /// Path of the file.
        file: String,
        /// The field, with its path.
        field: String,
        /// What was given.
        found: String,
        /// What can be given.
        expected: String,
    },
}

/// A file that a configuration names, and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The field, with its path.
    pub field: &'static str,
    /// Where the file was looked for.
    pub path: PathBuf,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, path } = self;
        let made_by = match *field {
            "keys" => "`bithive keys new --out` makes it",
            "public_key" => "`bithive node join` makes it",
            "release" => "`bithive ceremony release finish` makes it",
            "reference_string" | "chain.deployment" => {
                "`bithive setup` makes it from the file of the network"
            }
            _ => "put it there",
        };
        write!(f, "{field} {} is not there: {made_by}", path.display())
    }
}

/// Files that are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFiles(pub Vec<Missing>);

impl fmt::Display for MissingFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("; "))
    }
}

/// Why a party does not run.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// Its configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its keystore can't be used.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// Its audit log can't be written.
    #[error(transparent)]
    Audit(#[from] AuditLogError),
    /// The node's entry in its keystore can't be read.
    #[error("entry \"node\" of the keystore: {0}")]
    Profile(String),
    /// A keystore has no key for releases.
    #[error("entry \"release\" of {file}: {problem}")]
    Release {
        /// Path of the keystore.
        file: String,
        /// What is wrong with the entry.
        problem: String,
    },
    /// Its metrics can't be served.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// A file with a key is not what it should be.
    #[error("{file}: {problem}")]
    Keys {
        /// Path of the file.
        file: String,
        /// What is wrong with it, without its content.
        problem: String,
    },
    /// The chain is another one than the deployment's.
    #[error(
        "chain.rpc answers for chain {found:?}, and chain.deployment is of chain {expected:?}; correct one of the two"
    )]
    WrongChain {
        /// Chain id in the deployment file.
        expected: String,
        /// The one that answers.
        found: String,
    },
    /// The account has no such role in the registry.
    #[error("account {account} is not registered as {role}; {todo}")]
    NotRegistered {
        /// Address of the account.
        account: String,
        /// The role that is expected, with its article, like `a node`.
        role: &'static str,
        /// What to do about it.
        todo: &'static str,
    },
    /// The registry knows the account by another key than the one in the file.
    #[error("{file}: its {what} is not the registered one; the keys are of another registration")]
    OtherKey {
        /// Path of the keystore.
        file: String,
        /// Which key differs: `endpoint` or `bls key`.
        what: &'static str,
    },
    /// The registry's groups, or the reference string, which is another one than the registry's.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The deployment lacks a contract that the party needs.
    #[error(transparent)]
    Incomplete(#[from] Incomplete),
    /// The endpoint can't be started.
    #[error("network: {0}")]
    Transport(#[from] TransportError),
    /// The chain refused.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The node can't go on.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The committee member can't go on.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Its records can't be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The relayer's records can't be used.
    #[error(transparent)]
    Relayer(#[from] bithive_relayer::StoreError),
    /// A task of the party ended, which was to run until the party stops.
    #[error("{name} ended {why}")]
    TaskEnded {
        /// Name of the task.
        name: &'static str,
        /// When, or why.
        why: String,
    },
    /// The machine refuses something.
    #[error("{what}: {error}")]
    Machine {
        /// What was tried.
        what: &'static str,
        /// The system's error.
        error: String,
    },
}

impl DaemonError {
    /// Whether it may be over when it is tried again, with nothing changed on this machine: the chain answers, and as it should;
    /// another program of the account is done; somebody has sent coins.
    #[must_use]
    pub fn passes(&self) -> bool {
        let (Self::Chain(error)
        | Self::Group(GroupError::Chain(error))
        | Self::Node(NodeError::Chain(error))) = self
        else {
            return false;
        };
        matches!(
            error,
            ChainError::NodeDown { .. }
                | ChainError::Decode { .. }
                | ChainError::NodeBehind { .. }
                | ChainError::Unconfirmed { .. }
                | ChainError::TimedOut { .. }
                | ChainError::SequenceMismatch { .. }
                | ChainError::NoSuchAccount { .. }
                | ChainError::InsufficientFunds { .. }
        )
    }

    pub(crate) fn machine(what: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::Machine { what, error: error.to_string() }
    }
}
