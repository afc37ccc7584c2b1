//! What can go wrong between a command and a node.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Error of the devnet.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DevnetError {
    /// There is no Go compiler.
    #[error(
        "`go` is not installed or not in PATH; the devnet's node is built with Go 1.25 or newer: https://go.dev/dl"
    )]
    GoMissing,
    /// There is no Rust compiler.
    #[error("`cargo` is not installed or not in PATH; Hermes is built with it: https://rustup.rs")]
    CargoMissing,
    /// A program could not be built.
    #[error("{program} could not be built:\n{output}")]
    Build {
        /// Name of the program.
        program: &'static str,
        /// The end of the compiler's output.
        output: String,
    },
    /// A command of the node's program failed.
    #[error("`wasmd {command}` failed:\n{output}")]
    Wasmd {
        /// The command without paths and keys.
        command: String,
        /// The end of its output.
        output: String,
    },
    /// A command of the relayer's program failed.
    #[error("`hermes {command}` failed:\n{output}")]
    Hermes {
        /// The command without paths and keys.
        command: String,
        /// The end of its output.
        output: String,
    },
    /// The relayer ended while it was starting, or does not start.
    #[error("Hermes {problem}; the last lines of {log}:\n{lines}", log = log.display())]
    RelayerDown {
        /// What is wrong.
        problem: String,
        /// Path of its log.
        log: PathBuf,
        /// End of the log.
        lines: String,
    },
    /// A chain has no account for the relayer.
    #[error(
        "chain {chain} was made without an account for the relayer; `devnet reset` and `devnet up` make it anew"
    )]
    NoRelayerAccount {
        /// Name of the chain.
        chain: String,
    },
    /// There is no connection between two chains.
    #[error(
        "there is no connection between {a} and {b}; connected are: {known}; `devnet up --chains 2` connects chains"
    )]
    NotConnected {
        /// Name of one chain.
        a: String,
        /// Name of the other chain.
        b: String,
        /// Pairs that are connected.
        known: String,
    },
    /// The faucet's words can't be used.
    #[error("the faucet: {0}")]
    Faucet(#[from] bithive_keystore::KeystoreError),
    /// Another program listens where a chain has to.
    #[error(
        "chain {chain}: port {port} of 127.0.0.1 is taken by another program; end that one, or `devnet reset`"
    )]
    PortTaken {
        /// Name of the chain.
        chain: String,
        /// TCP port on 127.0.0.1.
        port: u16,
    },
    /// Not enough free ports.
    #[error("no {wanted} free ports on 127.0.0.1 from {from} to {to}")]
    NoPorts {
        /// Number of ports needed.
        wanted: usize,
        /// First port tried.
        from: u16,
        /// Last port tried.
        to: u16,
    },
    /// A node ended while it was starting.
    #[error("chain {chain}: the node ended at start; the last lines of {log}:\n{lines}", log = log.display())]
    DiedAtStart {
        /// Name of the chain.
        chain: String,
        /// Path of its log.
        log: PathBuf,
        /// End of the log.
        lines: String,
    },
    /// A node runs and does not answer.
    #[error(
        "chain {chain}: process {pid} runs, but {url} does not answer after {seconds} s ({reason}); \
         `devnet logs {chain}` shows why, `devnet down` ends it"
    )]
    Silent {
        /// Name of the chain.
        chain: String,
        /// Id of the process.
        pid: u32,
        /// URL that was asked.
        url: String,
        /// How long it was asked.
        seconds: u64,
        /// What was wrong at the last attempt.
        reason: String,
    },
    /// A process did not end.
    #[error("process {pid} does not end, even after SIGKILL")]
    WillNotEnd {
        /// Id of the process.
        pid: u32,
    },
    /// A setting is not usable.
    #[error("{field} is {value}; expected {expected}")]
    Invalid {
        /// Name of the setting.
        field: &'static str,
        /// Value as it was given.
        value: String,
        /// What is accepted.
        expected: String,
    },
    /// A file of wasmd lacks what is to be changed: another version wrote it.
    #[error("{file} has no {key}; it is not of wasmd {wasmd}")]
    Unfamiliar {
        /// Name of the file.
        file: &'static str,
        /// Key that was looked for.
        key: String,
        /// Version of wasmd that is run.
        wasmd: &'static str,
    },
    /// A file cannot be understood.
    #[error("{path} cannot be read: {reason}", path = path.display())]
    Corrupt {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another command uses the devnet.
    #[error("another command uses the devnet in {home}; wait until it has ended", home = home.display())]
    Busy {
        /// Folder of the devnet.
        home: PathBuf,
    },
    /// There is no devnet.
    #[error("there is no devnet in {home}; `devnet up` starts one", home = home.display())]
    NoDevnet {
        /// Folder asked for.
        home: PathBuf,
    },
    /// There is no chain of this name.
    #[error("there is no chain {name:?}; there is: {known}")]
    NoSuchChain {
        /// Name asked for.
        name: String,
        /// Names that exist.
        known: String,
    },
    /// Reading, writing or starting failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The accounts' keys.
    #[error(transparent)]
    Chain(#[from] bithive_chain::ChainError),
}

impl DevnetError {
    /// An error of the operating system at `path`.
    pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let what = path.display().to_string();
        move |source| Self::Io { what, source }
    }
}
