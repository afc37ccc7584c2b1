//! A devnet: chains in a folder, up and down.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use bithive_chain::SigningKey;
use bithive_keystore::Mnemonic;
use rand_core::CryptoRng;
use serde::Serialize;

use crate::process::{self, Ended};
use crate::rpc::{self, NodeStatus};
use crate::state::{ChainState, Lock, RelayerState, State};
use crate::{BlockTime, DevnetError, Ports, cache, hermes, node, plan};

/// How long a node may take to its first answer.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
/// How long a port may still be taken: a node that was killed keeps it until its last thread has ended.
const PORT_PATIENCE: Duration = Duration::from_secs(5);
const SHOWN_LINES: usize = 8;

/// The chains in a folder.
#[derive(Clone, Debug)]
pub struct Devnet {
    pub(crate) home: PathBuf,
}

/// Options of `up`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Up {
    /// Chains; those that there are, or one, when `None`.
    pub chains: Option<usize>,
    /// Time between blocks of new chains; one second when `None`.
    pub block_time: Option<BlockTime>,
}

/// What `up` did for a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Started {
    /// It ran and answered already.
    Running,
    /// It existed and did not run.
    Restarted,
    /// It is new.
    Created,
}

/// What `up` is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The node's program is built.
    Building(cache::BuildStep),
    /// The files of a chain are made.
    Creating(String),
    /// Nodes have been started and are waited for.
    Waiting(String),
}

/// One chain, seen from outside.
#[derive(Clone, Debug, Serialize)]
pub struct ChainStatus {
    /// Name of the chain.
    pub name: String,
    /// Id of the chain, as in its genesis.
    pub chain_id: String,
    /// Address for clients.
    pub rpc: String,
    /// Address of gRPC.
    pub grpc: String,
    /// Time between blocks.
    pub block_time: BlockTime,
    /// Account that holds coins for fees.
    pub faucet: String,
    /// Whether the process runs and the chain answers.
    pub healthy: bool,
    /// The process, if it runs.
    pub pid: Option<u32>,
    /// Resident memory of the process in bytes.
    pub memory: Option<u64>,
    /// Height of the last block, if the node answers.
    pub height: Option<u64>,
    /// Time of the last block, RFC 3339.
    pub time: Option<String>,
    /// Why it is not healthy.
    pub problem: Option<String>,
}

impl Devnet {
    /// The devnet in `home`, which need not exist yet.
    ///
    /// # Errors
    /// [`DevnetError::Io`] when the path cannot be made absolute.
    pub fn at(home: &Path) -> Result<Self, DevnetError> {
        Ok(Self { home: std::path::absolute(home).map_err(DevnetError::at(home))? })
    }

    /// What there is.
    ///
    /// # Errors
    /// [`DevnetError::NoDevnet`] when there is nothing.
    pub fn state(&self) -> Result<State, DevnetError> {
        State::read(&self.home)?.ok_or_else(|| DevnetError::NoDevnet { home: self.home.clone() })
    }

    /// Log of a chain's node.
    #[must_use]
    pub fn log(&self, chain: &ChainState) -> PathBuf {
        node::log(&self.folder(chain))
    }

    /// Key of the account that holds a chain's coins for fees.
    ///
    /// # Errors
    /// [`DevnetError::Corrupt`] and [`DevnetError::Io`].
    pub fn faucet(&self, chain: &ChainState) -> Result<SigningKey, DevnetError> {
        node::faucet(&self.folder(chain))
    }

    /// Words of the faucet's account, as wallets take them; none for a chain of an earlier version, which has a key alone.
    ///
    /// # Errors
    /// As [`Self::faucet`].
    pub fn faucet_words(&self, chain: &ChainState) -> Result<Option<Mnemonic>, DevnetError> {
        node::faucet_words(&self.folder(chain))
    }

    /// Makes sure that the chains run: one that does is left alone, one that does not is started again with its data.
    /// `program` is asked for the node's program only when it is needed.
    ///
    /// # Errors
    /// What was wrong, by chain; chains that run by then go on running.
    pub fn up(
        &self,
        up: Up,
        program: impl FnOnce() -> Result<PathBuf, DevnetError>,
        rng: &mut impl CryptoRng,
        progress: &dyn Fn(Progress),
    ) -> Result<Vec<(ChainStatus, Started)>, DevnetError> {
        let mut state = State::read(&self.home)?.unwrap_or_default();
        let plans =
            plan::chains(up.chains.unwrap_or(state.chains.len()).max(usize::from(up.chains.is_none())))?;
        check_block_time(&state, up.block_time)?;
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.home).map_err(DevnetError::at(&self.home))?;
        let _lock = Lock::take(&self.home)?;
        // Again, now that nobody else changes it.
        state = State::read(&self.home)?.unwrap_or(state);

        let mut program = Program { ensure: Some(program), path: None };
        let mut done = Vec::new();
        let mut waiting = Vec::new();
        for plan in plans {
            let known = state.chains.iter().position(|chain| chain.name == plan.name);
            let (index, started) = match known {
                Some(index) if self.is_running(&state.chains[index]) => (index, Started::Running),
                Some(index) => (index, Started::Restarted),
                None => {
                    progress(Progress::Creating(plan.name.into()));
                    let reserved: Vec<u16> =
                        state.chains.iter().flat_map(|chain| chain.ports.all()).collect();
                    let ports = Ports::choose(&reserved, is_free)?;
                    let block_time = up.block_time.unwrap_or_default();
                    let folder = self.home.join(plan.name);
                    let relayer = self.relayer_address(program.get()?, &mut state)?;
                    let chain =
                        node::create(program.get()?, &folder, &plan, ports, block_time, &relayer, rng)?;
                    state.chains.push(chain);
                    state.write(&self.home)?;
                    (state.chains.len() - 1, Started::Created)
                }
            };
            let child = match started {
                Started::Running => None,
                _ => Some(self.start(program.get()?, &mut state, index)?),
            };
            waiting.push((index, child));
            done.push(started);
        }
        let mut chains = Vec::new();
        for ((index, child), started) in waiting.into_iter().zip(done) {
            let chain = &state.chains[index];
            progress(Progress::Waiting(chain.name.clone()));
            self.wait(chain, child)?;
            chains.push((self.status_of(chain), started));
        }
        Ok(chains)
    }

    /// Ends the processes that `up` started, and no others. Data stay.
    ///
    /// # Errors
    /// [`DevnetError::WillNotEnd`].
    pub fn down(&self) -> Result<Vec<(String, Ended)>, DevnetError> {
        self.state()?;
        let _lock = Lock::take(&self.home)?;
        self.end_all()
    }

    /// Address of the relayer's account, which is drawn with the first chain. Every chain has it from its genesis on, also
    /// a chain that is alone: others may come.
    fn relayer_address(&self, wasmd: &Path, state: &mut State) -> Result<String, DevnetError> {
        if let Some(relayer) = &state.relayer {
            return Ok(relayer.address.clone());
        }
        let address = node::draw_relayer(wasmd, &self.relayer_folder())?;
        state.relayer = Some(RelayerState { address: address.clone(), process: None });
        state.write(&self.home)?;
        Ok(address)
    }

    /// `down`, and removes the chains with their keys and data.
    ///
    /// # Errors
    /// As `down`; [`DevnetError::Io`].
    pub fn reset(&self) -> Result<Vec<(String, Ended)>, DevnetError> {
        let state = self.state()?;
        let lock = Lock::take(&self.home)?;
        let ended = self.end_all()?;
        State::default().write(&self.home)?;
        let folders = state.chains.iter().map(|chain| self.folder(chain));
        for folder in folders.chain([self.relayer_folder()]) {
            if folder.exists() {
                std::fs::remove_dir_all(&folder).map_err(DevnetError::at(&folder))?;
            }
        }
        State::remove(&self.home)?;
        drop(lock);
        Ok(ended)
    }

    /// Every chain, seen from outside.
    ///
    /// # Errors
    /// [`DevnetError::NoDevnet`].
    pub fn status(&self) -> Result<Vec<ChainStatus>, DevnetError> {
        Ok(self.state()?.chains.iter().map(|chain| self.status_of(chain)).collect())
    }

    fn folder(&self, chain: &ChainState) -> PathBuf {
        self.home.join(&chain.name)
    }

    pub(crate) fn is_running(&self, chain: &ChainState) -> bool {
        let arguments = node::arguments(&self.folder(chain));
        chain.process.as_ref().is_some_and(|process| process.is_running(&arguments))
    }

    fn start(&self, program: &Path, state: &mut State, index: usize) -> Result<Child, DevnetError> {
        let chain = &mut state.chains[index];
        let deadline = Instant::now() + PORT_PATIENCE;
        while let Some(port) = chain.ports.all().into_iter().find(|port| !is_free(*port)) {
            if Instant::now() >= deadline {
                return Err(DevnetError::PortTaken { chain: chain.name.clone(), port });
            }
            std::thread::sleep(POLL);
        }
        let folder = self.home.join(&chain.name);
        let (process, child) = process::start(program, &node::arguments(&folder), &node::log(&folder))?;
        chain.process = Some(process);
        // At once: a process that nobody remembers would have to be found by hand.
        state.write(&self.home)?;
        Ok(child)
    }

    /// Waits for an answer, of a process that was just started for a new block, or for the end of the process. Until its
    /// first block a node checks transactions as if the chain were at its genesis, where every account has number 0,
    /// and so refuses all signatures.
    fn wait(&self, chain: &ChainState, mut child: Option<Child>) -> Result<(), DevnetError> {
        let (asked, patience) = (Instant::now(), PATIENCE + 2 * chain.block_time.duration());
        let mut first = None;
        loop {
            let reason = match health(chain) {
                Ok(node) if child.is_none() || node.height > *first.get_or_insert(node.height) => {
                    return Ok(());
                }
                Ok(_) => "it has made no block since it was started".into(),
                Err(reason) => reason,
            };
            // Asking the child, where it is one, also lets it go from the list of processes.
            let ended = match &mut child {
                Some(child) => child.try_wait().map_err(DevnetError::at(&self.home))?.is_some(),
                None => !self.is_running(chain),
            };
            if ended {
                let log = self.log(chain);
                let text = std::fs::read(&log).unwrap_or_default();
                let lines = cache::last_lines(&String::from_utf8_lossy(&text), SHOWN_LINES);
                return Err(DevnetError::DiedAtStart { chain: chain.name.clone(), log, lines });
            }
            if asked.elapsed() > patience {
                return Err(DevnetError::Silent {
                    chain: chain.name.clone(),
                    pid: chain.process.as_ref().map_or(0, |process| process.pid),
                    url: chain.rpc_url(),
                    seconds: patience.as_secs(),
                    reason,
                });
            }
            std::thread::sleep(POLL);
        }
    }

    fn end_all(&self) -> Result<Vec<(String, Ended)>, DevnetError> {
        let mut state = self.state()?;
        let mut ended = Vec::new();
        // First: without chains it would only fill its log.
        if let Some(how) = self.end_relayer(&mut state)? {
            ended.push((hermes::NAME.into(), how));
        }
        for index in 0..state.chains.len() {
            let chain = &mut state.chains[index];
            let arguments = node::arguments(&self.home.join(&chain.name));
            let how = match &chain.process {
                Some(process) => process.end(&arguments)?,
                None => Ended::NotRunning,
            };
            chain.process = None;
            ended.push((chain.name.clone(), how));
            state.write(&self.home)?;
        }
        Ok(ended)
    }

    fn status_of(&self, chain: &ChainState) -> ChainStatus {
        let running = self.is_running(chain);
        let process = chain.process.as_ref().filter(|_| running);
        let health = if running { health(chain) } else { Err("its process does not run".into()) };
        let (node, problem) = match health {
            Ok(node) => (Some(node), None),
            Err(problem) => (None, Some(problem)),
        };
        ChainStatus {
            name: chain.name.clone(),
            chain_id: chain.chain_id.clone(),
            rpc: chain.rpc_url(),
            grpc: format!("http://127.0.0.1:{}", chain.ports.grpc),
            block_time: chain.block_time,
            faucet: chain.faucet.clone(),
            healthy: node.is_some(),
            pid: process.map(|process| process.pid),
            memory: process.and_then(process::Process::memory),
            height: node.as_ref().map(|node| node.height),
            time: node.map(|node| node.time),
            problem,
        }
    }
}

/// The node's program, asked for once and only when it is needed.
struct Program<F> {
    ensure: Option<F>,
    path: Option<PathBuf>,
}

impl<F: FnOnce() -> Result<PathBuf, DevnetError>> Program<F> {
    fn get(&mut self) -> Result<&Path, DevnetError> {
        if let Some(ensure) = self.ensure.take() {
            self.path = Some(ensure()?);
        }
        self.path.as_deref().ok_or(DevnetError::GoMissing)
    }
}

/// The chain answers, is itself, and has a block.
pub(crate) fn health(chain: &ChainState) -> Result<NodeStatus, String> {
    let status = rpc::status(chain.ports.rpc)?;
    if status.chain_id != chain.chain_id {
        return Err(format!("it answers as chain {:?}, expected {:?}", status.chain_id, chain.chain_id));
    }
    if status.height == 0 { Err("it has no block yet".into()) } else { Ok(status) }
}

/// A chain keeps the time between blocks that it was made with.
fn check_block_time(state: &State, asked: Option<BlockTime>) -> Result<(), DevnetError> {
    let Some(asked) = asked else { return Ok(()) };
    match state.chains.iter().find(|chain| chain.block_time != asked) {
        Some(chain) => Err(DevnetError::Invalid {
            field: "--block-time",
            value: asked.to_string(),
            expected: format!(
                "{}, which chain {} has; `devnet reset` to change it",
                chain.block_time, chain.name
            ),
        }),
        None => Ok(()),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
