//! One party as a process: started with its output read, ended with this one.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bithive_daemon::Event;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout};

use super::super::reports::PartyEvent;

/// Longest wait for an output of a party. A longer wait means that something is stuck.
const PATIENCE: Duration = Duration::from_secs(180);
/// Time for an orderly end.
const GRACE: Duration = Duration::from_secs(20);
/// How often an end is looked for.
const POLL: Duration = Duration::from_millis(20);
/// Lines of the log that are shown when a party dies.
const SHOWN: usize = 12;

/// What a process is started with; enough to start it again.
#[derive(Clone)]
pub(super) struct Plan {
    /// Name of the party.
    pub(super) name: String,
    /// Arguments of the program, which is this one.
    pub(super) arguments: Vec<OsString>,
    /// Its index, of a node.
    pub(super) node: Option<usize>,
    /// The event after which it ends by itself.
    pub(super) last: Option<&'static str>,
}

/// A running party. It is killed when dropped.
pub(super) struct Process {
    plan: Plan,
    child: Child,
    /// Open for as long as the party is to run.
    stdin: Option<ChildStdin>,
    said: UnboundedReceiver<Value>,
    log: Arc<Log>,
    /// Set when its end is expected.
    expected: Arc<AtomicBool>,
}

/// The last lines of a log.
#[derive(Default)]
struct Log(Mutex<VecDeque<String>>);

impl Process {
    /// Starts a party with `command`, which names the program; its log goes to the file `log`.
    pub(super) fn start(
        plan: Plan,
        mut command: Command,
        log: &Path,
        reports: UnboundedSender<PartyEvent>,
    ) -> Result<Self> {
        let file = File::options().create(true).append(true).open(log);
        let file = file.with_context(|| log.display().to_string())?;
        command.args(&plan.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{} can't be started", plan.name))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (said_to, said) = unbounded_channel();
        let (log, expected) = (Arc::<Log>::default(), Arc::new(AtomicBool::new(false)));
        let process =
            Self { plan: plan.clone(), child, stdin, said, log: log.clone(), expected: expected.clone() };
        let (stdout, stderr) = (stdout.context("standard output")?, stderr.context("standard error")?);
        let kept = log.clone();
        let logging = std::thread::spawn(move || keep_log(stderr, file, &kept));
        std::thread::spawn(move || {
            listen(stdout, &plan, &said_to, &reports, &expected);
            let _ = logging.join();
            if !expected.load(Ordering::SeqCst) {
                // Nobody may be listening any more.
                let _ = reports.send(PartyEvent::Ended(log.ended(&plan.name)));
            }
        });
        Ok(process)
    }

    /// Waits for an output of the party for which `wanted` returns something; skips the rest.
    pub(super) async fn until<T: DeserializeOwned, U>(
        &mut self,
        what: &str,
        mut wanted: impl FnMut(T) -> Option<U>,
    ) -> Result<U> {
        let name = &self.plan.name;
        loop {
            match timeout(PATIENCE, self.said.recv()).await {
                Ok(Some(value)) => {
                    if let Some(found) = serde_json::from_value(value).ok().and_then(&mut wanted) {
                        return Ok(found);
                    }
                }
                Ok(None) => bail!("{what}: {}", self.log.ended(name)),
                Err(_) => bail!("{what}: no such output of {name}; {}", self.log.tail()),
            }
        }
    }

    /// Waits until a party answers.
    pub(super) async fn ready(&mut self) -> Result<Event> {
        let ready = |event| matches!(event, Event::Ready { .. }).then_some(event);
        self.until("ready", ready).await
    }

    /// Its end is expected from now on.
    pub(super) fn may_end(&self) {
        self.expected.store(true, Ordering::SeqCst);
    }

    /// Waits until a party that ends by itself has ended well.
    pub(super) async fn finish(mut self) -> Result<()> {
        self.ends_well(PATIENCE).await
    }

    /// Asks the party to stop and waits until it has.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.may_end();
        drop(self.stdin.take());
        self.ends_well(GRACE).await
    }

    async fn ends_well(&mut self, patience: Duration) -> Result<()> {
        let (name, deadline) = (self.plan.name.clone(), Instant::now() + patience);
        let status: ExitStatus = loop {
            match self.child.try_wait().with_context(|| name.clone())? {
                Some(status) => break status,
                None if Instant::now() > deadline => bail!("{name} does not end; {}", self.log.tail()),
                None => tokio::time::sleep(POLL).await,
            }
        };
        anyhow::ensure!(status.success(), "{name} ended with {status}; {}", self.log.tail());
        Ok(())
    }

    /// Ends the party at once, as a power failure does (SIGKILL).
    pub(super) fn kill(self) -> Plan {
        self.may_end();
        self.plan.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.may_end();
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Log {
    fn ended(&self, name: &str) -> String {
        format!("{name} has ended; {}", self.tail())
    }

    fn tail(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        format!("its log ends:\n      {}", lines.join("\n      "))
    }
}

/// Passes on what a node did to the reports, and everything else to whoever waits for it. A document may take more than
/// one line.
fn listen(
    stdout: ChildStdout,
    plan: &Plan,
    said: &UnboundedSender<Value>,
    reports: &UnboundedSender<PartyEvent>,
    expected: &AtomicBool,
) {
    let mut text = String::new();
    for line in BufReader::new(stdout).lines() {
        let Ok(line) = line else { break };
        text.push_str(&line);
        let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
        text.clear();
        if plan.last.is_some() && value.get("event").and_then(Value::as_str) == plan.last {
            expected.store(true, Ordering::SeqCst);
        }
        // Nobody may be listening any more.
        let _ = match (plan.node, serde_json::from_value(value.clone())) {
            (Some(node), Ok(Event::Node(report))) => reports.send(PartyEvent::Report(node, report)).is_ok(),
            _ => said.send(value).is_ok(),
        };
    }
}

/// Writes the log to a file, and keeps its last lines.
fn keep_log(stderr: ChildStderr, mut file: File, log: &Log) {
    for line in BufReader::new(stderr).lines() {
        let Ok(line) = line else { break };
        // Losing the file is no reason to lose the lines.
        let _ = writeln!(file, "{line}");
        let mut kept = log.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == SHOWN {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}
