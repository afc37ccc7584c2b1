//! A party's process: this test program once more.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bithive_daemon::config::{CommitteeConfig, NodeConfig, RelayerConfig, Settings, role_of};
use bithive_daemon::{Stop, committee, event, node, relayer};
use bithive_keystore::Password;
use bithive_node::{Compute, Limits};

const CONFIG: &str = "BITHIVE_CRASH_CONFIG";

pub(crate) fn password() -> Password {
    Password::new("the parties' password").unwrap()
}

/// What every node finds.
pub(crate) const ANSWER: [f32; 2] = [0.5, -1.25];

struct Finds;

impl Compute for Finds {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        Ok(ANSWER.to_vec())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

/// Runs the party that the environment names until standard input ends.
pub(crate) fn run() {
    let Some(file) = std::env::var_os(CONFIG).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let (stop, handle) = Stop::on_signals()?;
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            handle.stop();
        });
        let (events, password) = (event::standard_output(), password());
        match role_of(&file)?.as_str() {
            "node" => node::run(&NodeConfig::load(&file)?, &password, Arc::new(Finds), events, stop).await,
            "committee" => committee::run(&CommitteeConfig::load(&file)?, &password, events, stop).await,
            _ => relayer::run(&RelayerConfig::load(&file)?, &password, events, stop).await,
        }
    });
    if let Err(error) = ended {
        println!("ENDED: {error}");
        std::process::exit(1);
    }
}

/// A party that can be killed and started again.
pub(crate) struct Party {
    pub(crate) name: String,
    config: PathBuf,
    child: Option<Child>,
}

impl Party {
    pub(crate) fn new(name: &str, config: PathBuf) -> Self {
        Self { name: name.into(), config, child: None }
    }

    fn log(&self) -> PathBuf {
        self.config.with_file_name("log")
    }

    pub(crate) fn start(&mut self) {
        assert!(self.child.is_none(), "{} runs", self.name);
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["party_process", "--exact", "--ignored", "--nocapture"])
            .env(CONFIG, &self.config)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    /// As `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            child.wait().unwrap();
        }
    }

    /// The process that ended by itself, if it did: that is never right.
    pub(crate) fn ended(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_some())
    }

    /// Lines of its log, over all of its lives.
    pub(crate) fn lines(&self) -> Vec<String> {
        let Ok(log) = std::fs::File::open(self.log()) else { return vec![] };
        BufReader::new(log).lines().map_while(Result::ok).collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.config.parent().unwrap()
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        self.kill();
    }
}
