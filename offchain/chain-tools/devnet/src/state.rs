//! `devnet.json`: the state between commands.

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

/// The state of a devnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    format: u32,
    /// Chains, in the order in which they were added.
    pub chains: Vec<ChainState>,
    /// Who carries packets between chains, once there is somebody.
    #[serde(default)]
    pub relayer: Option<RelayerState>,
    /// Connections between the chains, with their channels.
    #[serde(default)]
    pub links: Vec<Link>,
}

/// The process that carries packets, and its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayerState {
    /// Its account, the same on every chain; the words of its key are in its folder.
    pub address: String,
    /// The process that was started last, if it was not ended since.
    pub process: Option<Process>,
}

/// Two chains, and what was opened between them so far: everything in pairs, in the order of `chains`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Names of the chains.
    pub chains: [String; 2],
    /// Light client that each has of the other.
    pub clients: [Option<String>; 2],
    /// The connection's names.
    pub connection: Option<[String; 2]>,
    /// Channels that are open, oldest first.
    pub channels: Vec<Channel>,
}

/// Order in which the packets of a channel arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Any; a packet that times out closes nothing.
    Unordered,
    /// That in which they were sent; a packet that times out closes the channel.
    Ordered,
}

impl Order {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unordered => "unordered",
            Self::Ordered => "ordered",
        }
    }
}

/// An open channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its purpose, like `transfer`; a link has one open channel of a name for its ports.
    pub name: String,
    /// Port on each of the two chains.
    pub ports: [String; 2],
    /// Id on each of the two chains, like `channel-0`.
    pub channels: [String; 2],
    /// Order of its packets.
    pub order: Order,
    /// Version that both ends state.
    pub version: String,
}

impl Link {
    /// Whether it is between these chains, in either order.
    #[must_use]
    pub fn joins(&self, a: &str, b: &str) -> bool {
        self.chains == [a, b] || self.chains == [b, a]
    }

    /// The newest channel of this name.
    #[must_use]
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().rev().find(|channel| channel.name == name)
    }

    /// 0 for the first of its chains, 1 for the second.
    #[must_use]
    pub fn side(&self, chain: &str) -> usize {
        usize::from(self.chains[0] != chain)
    }
}

/// A chain of the devnet: its ports, its settings and its process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainState {
    /// Name, also of its folder.
    pub name: String,
    /// Id of the chain, as in its genesis.
    pub chain_id: String,
    /// Where it listens.
    pub ports: Ports,
    /// Time between blocks.
    pub block_time: BlockTime,
    /// Address of the account that holds the coins for fees; its key is in the chain's folder.
    pub faucet: String,
    /// Address of the relayer's account, which has coins from the first block on.
    #[serde(default)]
    pub relayer: Option<String>,
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
        Self { format: FORMAT, chains: Vec::new(), relayer: None, links: Vec::new() }
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

    /// Removes the stored state.
    pub(crate) fn remove(home: &Path) -> Result<(), DevnetError> {
        let path = home.join(FILE);
        std::fs::remove_file(&path).map_err(DevnetError::at(&path))
    }

    /// What connects two chains.
    ///
    /// # Errors
    /// [`DevnetError::NotConnected`].
    pub fn link(&self, a: &str, b: &str) -> Result<&Link, DevnetError> {
        let pairs = self.links.iter().map(|link| link.chains.join("-")).collect::<Vec<_>>();
        self.links.iter().find(|link| link.joins(a, b)).ok_or_else(|| DevnetError::NotConnected {
            a: a.into(),
            b: b.into(),
            known: if pairs.is_empty() { "none".into() } else { pairs.join(", ") },
        })
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
            relayer: None,
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
    fn a_state_from_before_there_were_relayers_is_read() {
        let home = tempfile::tempdir().unwrap();
        let mut text = serde_json::to_value(state()).unwrap();
        let fields = text.as_object_mut().unwrap();
        assert!(fields.remove("relayer").is_some() && fields.remove("links").is_some());
        assert!(fields["chains"][0].as_object_mut().unwrap().remove("relayer").is_some());
        std::fs::write(home.path().join(FILE), text.to_string()).unwrap();
        assert_eq!(State::read(home.path()).unwrap(), Some(state()));
    }

    #[test]
    fn a_link_is_found_from_either_side_and_its_newest_channel_counts() {
        let channel = |id: &str| Channel {
            name: "transfer".into(),
            ports: ["transfer".into(), "transfer".into()],
            channels: [id.into(), id.into()],
            order: Order::Unordered,
            version: "ics20-1".into(),
        };
        let link = Link {
            chains: ["token".into(), "data".into()],
            clients: [None, None],
            connection: None,
            channels: vec![channel("channel-0"), channel("channel-1")],
        };
        let state = State { links: vec![link], ..state() };
        let found = state.link("data", "token").unwrap();
        assert_eq!((found.side("token"), found.side("data")), (0, 1));
        assert_eq!(found.channel("transfer").unwrap().channels[0], "channel-1");
        assert_eq!(found.channel("other"), None);
        let error = state.link("data", "model").unwrap_err().to_string();
        assert!(error.contains("token-data"), "{error}");
    }

    #[test]
    fn an_unknown_chain_is_named_with_those_that_exist() {
        let error = state().chain("data").unwrap_err().to_string();
        assert!(error.contains("\"data\"") && error.contains("token"), "{error}");
    }
}
