//! `devnet.json`: what is remembered between commands.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::process::Process;
use crate::{BlockTime, DevnetError, Ports};

/// Layout of the file that this version reads and writes.
const FORMAT: u32 = 1;
const FILE: &str = "devnet.json";
const LOCK: &str = "devnet.lock";

/// Everything that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    format: u32,
    /// Chains, in the order in which they were added.
    pub chains: Vec<ChainState>,
}

/// One chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainState {
    /// Name, also of its folder.
    pub name: String,
    /// Chain id.
    pub chain_id: String,
    /// Where it listens.
    pub ports: Ports,
    /// Time between blocks.
    pub block_time: BlockTime,
    /// Address of the account that holds the coins for fees; its key is in the chain's folder.
    pub faucet: String,
    /// The process that was started last, if it was not ended since.
    pub process: Option<Process>,
}

impl ChainState {
    /// Address of the chain for clients.
    #[must_use]
    pub fn rpc_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.rpc)
    }
}

impl Default for State {
    fn default() -> Self {
        Self { format: FORMAT, chains: Vec::new() }
    }
}

impl State {
    /// Reads the state of the devnet in `home`; `None` where there is none.
    ///
    /// # Errors
    /// [`DevnetError::Corrupt`] for a file that is not of this format; [`DevnetError::Io`].
    pub fn read(home: &Path) -> Result<Option<Self>, DevnetError> {
        let path = home.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DevnetError::at(&path)(error)),
        };
        let corrupt = |reason: String| DevnetError::Corrupt { path: path.clone(), reason };
        let state: Self = serde_json::from_slice(&bytes).map_err(|error| corrupt(error.to_string()))?;
        if state.format != FORMAT {
            return Err(corrupt(format!("format is {}, expected {FORMAT}", state.format)));
        }
        // Names become paths of files that are written and removed.
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
        match state.chains.iter().find(|chain| !plain(&chain.name)) {
            Some(chain) => Err(corrupt(format!("chain name {:?}, expected letters a-z", chain.name))),
            None => Ok(Some(state)),
        }
    }

    /// Writes the state as a whole: a command that is killed leaves the old one or the new one.
    ///
    /// # Errors
    /// [`DevnetError::Io`].
    pub fn write(&self, home: &Path) -> Result<(), DevnetError> {
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| DevnetError::Io { what: FILE.into(), source: error.into() })?;
        write_private(&home.join(FILE), &bytes)
    }

    /// Removes what is remembered.
    pub(crate) fn remove(home: &Path) -> Result<(), DevnetError> {
        let path = home.join(FILE);
        std::fs::remove_file(&path).map_err(DevnetError::at(&path))
    }

    /// The chain called `name`.
    ///
    /// # Errors
    /// [`DevnetError::NoSuchChain`].
    pub fn chain(&self, name: &str) -> Result<&ChainState, DevnetError> {
        self.chains.iter().find(|chain| chain.name == name).ok_or_else(|| DevnetError::NoSuchChain {
            name: name.into(),
            known: self.chains.iter().map(|chain| chain.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// The right to change a devnet; given back when dropped, also by a process that is killed.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(crate) fn take(home: &Path) -> Result<Self, DevnetError> {
        let path = home.join(LOCK);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(DevnetError::at(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DevnetError::Busy { home: home.into() }),
            Err(TryLockError::Error(error)) => Err(DevnetError::at(&path)(error)),
        }
    }
}

/// Writes a file that only its owner can read, as a whole.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), DevnetError> {
    let temporary: PathBuf = path.with_extension("tmp");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&temporary, path)).map_err(DevnetError::at(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn state() -> State {
        let chain = ChainState {
            name: "token".into(),
            chain_id: "bithive-token-1".into(),
            ports: Ports { rpc: 1, p2p: 2, grpc: 3 },
            block_time: "500ms".parse().unwrap(),
            faucet: "bithive1faucet".into(),
            process: Some(Process { pid: 7, started: 8, boot: "b".into() }),
        };
        State { chains: vec![chain], ..State::default() }
    }

    #[test]
    fn a_state_reads_back_and_only_its_owner_can() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(State::read(home.path()).unwrap(), None);
        state().write(home.path()).unwrap();
        assert_eq!(State::read(home.path()).unwrap(), Some(state()));
        let mode = std::fs::metadata(home.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_state_is_an_error_and_not_an_empty_one() {
        let home = tempfile::tempdir().unwrap();
        let text = serde_json::to_string(&state()).unwrap();
        for (bad, why) in [
            (text[..text.len() - 1].to_owned(), "EOF"),
            (text.replace("\"format\":1", "\"format\":2"), "expected 1"),
            (text.replace("\"token\"", "\"../token\""), "letters"),
            (text.replace("500ms", "0ms"), "--block-time"),
            (text.replace("\"pid\":7", "\"pid\":-1"), "-1"),
        ] {
            std::fs::write(home.path().join(FILE), bad).unwrap();
            let error = State::read(home.path()).unwrap_err().to_string();
            assert!(error.contains("devnet.json") && error.contains(why), "{error}");
        }
    }

    #[test]
    fn one_command_at_a_time_changes_a_devnet() {
        let home = tempfile::tempdir().unwrap();
        let first = Lock::take(home.path()).unwrap();
        assert!(matches!(Lock::take(home.path()), Err(DevnetError::Busy { .. })));
        drop(first);
        Lock::take(home.path()).unwrap();
    }

    #[test]
    fn an_unknown_chain_is_named_with_those_that_exist() {
        let error = state().chain("data").unwrap_err().to_string();
        assert!(error.contains("\"data\"") && error.contains("token"), "{error}");
    }
}
