//! What can keep a party from running.

use bithive_chain::ChainError;
use bithive_client::GroupError;
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
        /// The file.
        file: String,
        /// What happened.
        problem: String,
    },
    /// It is no TOML, lacks a field, has an unknown one or one of another type; the words name line and field.
    #[error("{file}: {problem}")]
    Form {
        /// The file.
        file: String,
        /// The parser's words.
        problem: String,
    },
    /// A text is none of the values that the field can have.
    #[error("{file}: {field} is {problem}")]
    Value {
        /// The file.
        file: String,
        /// The field, with its path.
        field: String,
        /// What was given, in quotes, and what can be given.
        problem: String,
    },
    /// A value is out of its range, or does not go with another one.
    #[error("{file}: {field} is {found:?}; expected {expected}")]
    Field {
        /// The file.
        file: String,
        /// The field, with its path.
        field: String,
        /// What was given.
        found: String,
        /// What can be given.
        expected: String,
    },
}

/// Why a party does not run.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// Its configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its keystore.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// What its keystore says of a node.
    #[error("entry \"node\" of the keystore: {0}")]
    Profile(String),
    /// Its metrics can't be served.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// A file with a key is not what it should be.
    #[error("{file}: {problem}")]
    Keys {
        /// The file.
        file: String,
        /// What is wrong with it, without its content.
        problem: String,
    },
    /// The chain is another one than the deployment's.
    #[error(
        "chain.rpc answers for chain {found:?}, and chain.deployment is of chain {expected:?}; one of the two is wrong"
    )]
    WrongChain {
        /// The deployment's.
        expected: String,
        /// The one that answers.
        found: String,
    },
    /// The account has no such role in the registry.
    #[error("account {account} is not registered as {role}; {todo}")]
    NotRegistered {
        /// The account.
        account: String,
        /// The role.
        role: &'static str,
        /// What helps.
        todo: &'static str,
    },
    /// The registry knows the account by another key than the one in the file.
    #[error("{file}: its {what} is not the registered one; the keys are of another registration")]
    OtherKey {
        /// The file.
        file: String,
        /// Which key.
        what: &'static str,
    },
    /// The registry's groups, or the reference string, which is another one than the registry's.
    #[error(transparent)]
    Group(#[from] GroupError),
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
        /// The task.
        name: &'static str,
        /// When, or why.
        why: String,
    },
    /// The machine refuses something.
    #[error("{what}: {error}")]
    Machine {
        /// What.
        what: &'static str,
        /// Its words.
        error: String,
    },
}

impl DaemonError {
    pub(crate) fn machine(what: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::Machine { what, error: error.to_string() }
    }
}
