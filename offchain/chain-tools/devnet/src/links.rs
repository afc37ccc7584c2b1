//! Connections between the chains, and the relayer that carries packets over them.
//!
//! Each step is recorded when it is done, so the next command continues an interrupted one; what that had begun on the
//! chains and not finished stays there unused. While clients, connections and channels are made the relayer is stopped:
//! both sign with one account.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::process::{self, Ended};
use crate::relayer::{self, Hermes};
use crate::state::{Channel, Link, Lock, Order, State};
use crate::{Devnet, DevnetError, cache, plan};

/// Name, port and version of the channel for native coins.
const TRANSFER: &str = "transfer";
const TRANSFER_VERSION: &str = "ics20-1";
/// What Hermes writes once it serves all chains.
const READY: &str = "Hermes has started";
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
const SHOWN_LINES: usize = 8;

/// A channel that is to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChannel {
    /// What it is for; a link has one open channel of a name for its ports.
    pub name: String,
    /// Ports, in the order of the link's chains.
    pub ports: [String; 2],
    /// Order of its packets.
    pub order: Order,
    /// Version that both ends state.
    pub version: String,
}

/// What is done for the links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkProgress {
    /// The relayer's program is built.
    Building(cache::BuildStep),
    /// A light client is made on a chain.
    Client {
        /// Name of the chain on which the client is made.
        on: String,
        /// Name of the chain that the client follows.
        of: String,
    },
    /// Two chains are connected.
    Connection(String, String),
    /// A channel is opened.
    Channel(String, String, String),
    /// The relayer was started and is waited for.
    Starting,
}

/// The relayer, seen from outside.
#[derive(Clone, Debug, Serialize)]
pub struct RelayerStatus {
    /// Its account on every chain.
    pub address: String,
    /// The process, if it runs.
    pub pid: Option<u32>,
    /// Resident memory of the process in bytes.
    pub memory: Option<u64>,
}

impl Devnet {
    /// Makes sure that the chains are connected, with a channel for native coins between each pair, and that the relayer
    /// runs. Does nothing where there is one chain. `program` is asked for the relayer's program when there is something
    /// to do.
    ///
    /// # Errors
    /// [`DevnetError::NoRelayerAccount`]; [`DevnetError::Hermes`]; [`DevnetError::RelayerDown`].
    pub fn connect(
        &self,
        program: impl FnOnce() -> Result<PathBuf, DevnetError>,
        progress: &dyn Fn(LinkProgress),
    ) -> Result<Vec<Link>, DevnetError> {
        let _lock = Lock::take(&self.home)?;
        let mut state = self.state()?;
        let pairs = plan::links(state.chains.len());
        for chains in pairs {
            if !state.links.iter().any(|link| link.joins(chains[0], chains[1])) {
                let chains = chains.map(Into::into);
                state.links.push(Link { chains, clients: [None, None], connection: None, channels: vec![] });
            }
        }
        let transfer = || NewChannel {
            name: TRANSFER.into(),
            ports: [TRANSFER.into(), TRANSFER.into()],
            order: Order::Unordered,
            version: TRANSFER_VERSION.into(),
        };
        let wanted = state.links.iter().map(|link| (link.chains.clone(), vec![transfer()])).collect();
        self.open(&mut state, wanted, program, progress)?;
        Ok(state.links)
    }

    /// Makes sure that a channel is open between two connected chains; `ports` are in the order of the link's chains.
    ///
    /// # Errors
    /// [`DevnetError::NotConnected`]; as [`Devnet::connect`].
    pub fn open_channels(
        &self,
        chains: [&str; 2],
        wanted: Vec<NewChannel>,
        program: impl FnOnce() -> Result<PathBuf, DevnetError>,
        progress: &dyn Fn(LinkProgress),
    ) -> Result<Link, DevnetError> {
        let _lock = Lock::take(&self.home)?;
        let mut state = self.state()?;
        let names = state.link(chains[0], chains[1])?.chains.clone();
        self.open(&mut state, vec![(names, wanted)], program, progress)?;
        state.link(chains[0], chains[1]).cloned()
    }

    /// The relayer; `None` where there is nothing to relay.
    ///
    /// # Errors
    /// [`DevnetError::NoDevnet`].
    pub fn relayer(&self) -> Result<Option<RelayerStatus>, DevnetError> {
        let state = self.state()?;
        let Some(relayer) = state.relayer.as_ref().filter(|_| !state.links.is_empty()) else {
            return Ok(None);
        };
        let arguments = relayer::arguments(&self.relayer_folder());
        let running = relayer.process.as_ref().filter(|process| process.is_running(&arguments));
        Ok(Some(RelayerStatus {
            address: relayer.address.clone(),
            pid: running.map(|process| process.pid),
            memory: running.and_then(process::Process::memory),
        }))
    }

    /// Log of the relayer.
    #[must_use]
    pub fn relayer_log(&self) -> PathBuf {
        relayer::log(&self.relayer_folder())
    }

    /// Settings of the relayer, for those who run a command of Hermes by hand.
    #[must_use]
    pub fn relayer_folder(&self) -> PathBuf {
        self.home.join(relayer::FOLDER)
    }

    fn open(
        &self,
        state: &mut State,
        wanted: Vec<([String; 2], Vec<NewChannel>)>,
        program: impl FnOnce() -> Result<PathBuf, DevnetError>,
        progress: &dyn Fn(LinkProgress),
    ) -> Result<(), DevnetError> {
        if state.links.is_empty() {
            return Ok(());
        }
        let address = state.relayer.as_ref().map(|relayer| relayer.address.clone());
        for chain in &state.chains {
            if chain.relayer.is_none() || chain.relayer != address {
                return Err(DevnetError::NoRelayerAccount { chain: chain.name.clone() });
            }
        }
        let missing: Vec<_> = wanted
            .into_iter()
            .flat_map(|(chains, channels)| channels.into_iter().map(move |channel| (chains.clone(), channel)))
            .filter(|(chains, channel)| !is_open(state, chains, channel))
            .collect();
        let folder = self.relayer_folder();
        let changed = relayer::write_config(&folder, &relayer::config(&state.chains, &folder))?;
        let running = self.relayer()?.is_some_and(|relayer| relayer.pid.is_some());
        if running && !changed && missing.is_empty() {
            return Ok(());
        }
        let program = program()?;
        self.end_relayer(state)?;
        let hermes = Hermes { program: &program, folder: &folder };
        for chain in &state.chains {
            hermes.add_key(&chain.chain_id)?;
        }
        for (chains, channel) in missing {
            self.make(&hermes, state, &chains, channel, progress)?;
        }
        progress(LinkProgress::Starting);
        self.start_relayer(&program, state)
    }

    /// Opens a channel, over a connection that is made where there is none.
    fn make(
        &self,
        hermes: &Hermes<'_>,
        state: &mut State,
        chains: &[String; 2],
        wanted: NewChannel,
        progress: &dyn Fn(LinkProgress),
    ) -> Result<(), DevnetError> {
        let [a, b] = chains;
        let ids = [state.chain(a)?.chain_id.clone(), state.chain(b)?.chain_id.clone()];
        let Some(at) = state.links.iter().position(|link| link.joins(a, b)) else {
            return state.link(a, b).map(|_| ());
        };
        for side in 0..2 {
            if state.links[at].clients[side].is_none() {
                progress(LinkProgress::Client { on: chains[side].clone(), of: chains[1 - side].clone() });
                state.links[at].clients[side] = Some(hermes.create_client(&ids[side], &ids[1 - side])?);
                state.write(&self.home)?;
            }
        }
        let connection = match (&state.links[at].connection, &state.links[at].clients) {
            (Some(connection), _) => connection.clone(),
            (None, [Some(client), Some(other)]) => {
                progress(LinkProgress::Connection(a.clone(), b.clone()));
                let connection = hermes.create_connection(&ids[0], [client, other])?;
                state.links[at].connection = Some(connection.clone());
                state.write(&self.home)?;
                connection
            }
            _ => return state.link(a, b).map(|_| ()),
        };
        progress(LinkProgress::Channel(a.clone(), b.clone(), wanted.name.clone()));
        let ports = [wanted.ports[0].as_str(), wanted.ports[1].as_str()];
        let how = (wanted.order, wanted.version.as_str());
        let channels = hermes.create_channel(&ids[0], &connection[0], ports, how)?;
        let NewChannel { name, ports, order, version } = wanted;
        state.links[at].channels.push(Channel { name, ports, channels, order, version });
        state.write(&self.home)
    }

    fn start_relayer(&self, program: &Path, state: &mut State) -> Result<(), DevnetError> {
        let folder = self.relayer_folder();
        let log = relayer::log(&folder);
        let before = std::fs::metadata(&log).map_or(0, |file| file.len());
        let (process, child) = process::start(program, &relayer::arguments(&folder), &log)?;
        if let Some(relayer) = &mut state.relayer {
            relayer.process = Some(process);
        }
        state.write(&self.home)?;
        self.wait_for_relayer(child, &log, before)
    }

    fn wait_for_relayer(&self, mut child: Child, log: &Path, before: u64) -> Result<(), DevnetError> {
        let asked = Instant::now();
        loop {
            let bytes = std::fs::read(log).map_err(DevnetError::at(log))?;
            let new = bytes.get(usize::try_from(before).unwrap_or_default()..).unwrap_or_default();
            let text = String::from_utf8_lossy(new);
            if text.contains(READY) {
                return Ok(());
            }
            let ended = child.try_wait().map_err(DevnetError::at(log))?.is_some();
            if ended || asked.elapsed() > PATIENCE {
                return Err(DevnetError::RelayerDown {
                    problem: if ended { "ended at start".into() } else { "does not start".into() },
                    log: log.into(),
                    lines: cache::last_lines(&text, SHOWN_LINES),
                });
            }
            std::thread::sleep(POLL);
        }
    }

    /// Ends the relayer's process, if there is one; `None` where there was never one.
    pub(crate) fn end_relayer(&self, state: &mut State) -> Result<Option<Ended>, DevnetError> {
        let arguments = relayer::arguments(&self.relayer_folder());
        let linked = !state.links.is_empty();
        let Some(relayer) = state.relayer.as_mut().filter(|_| linked) else {
            return Ok(None);
        };
        let how = match &relayer.process {
            Some(process) => process.end(&arguments)?,
            None => Ended::NotRunning,
        };
        relayer.process = None;
        state.write(&self.home)?;
        Ok(Some(how))
    }
}

fn is_open(state: &State, chains: &[String; 2], wanted: &NewChannel) -> bool {
    let link = state.links.iter().find(|link| link.joins(&chains[0], &chains[1]));
    link.and_then(|link| link.channel(&wanted.name)).is_some_and(|channel| channel.ports == wanted.ports)
}
