//! A program of the network as a process: what it says, and its end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::bithive;

/// Longest wait for a line. A longer one means that something is stuck.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running process; killed when it is dropped.
pub struct Process {
    name: String,
    child: Child,
    lines: Receiver<String>,
    log: Arc<Mutex<String>>,
    logging: Option<JoinHandle<()>>,
}

impl Process {
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        Self::spawn(name, bithive(arguments))
    }

    /// As [`Process::start`], by a command of the caller's.
    pub fn spawn(name: &str, mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (to, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    break;
                }
            }
        });
        let log = Arc::<Mutex<String>>::default();
        let kept = log.clone();
        let logging = std::thread::spawn(move || {
            let mut part = [0; 1024];
            while let Ok(read @ 1..) = err.read(&mut part) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..read]));
            }
        });
        Self { name: name.into(), child, lines, log, logging: Some(logging) }
    }

    /// Waits for a line of JSON for which `wanted` is true.
    pub fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => match serde_json::from_str(&line) {
                    Ok(value) if wanted(&value) => return value,
                    _ => {}
                },
                Err(RecvTimeoutError::Timeout) => panic!("{}: no {what}\n{}", self.name, self.log()),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("{} has ended before {what}\n{}", self.name, self.log())
                }
            }
        }
    }

    /// Waits for the document that a command prints when it is ready, on as many lines as it takes.
    pub fn document(&self) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut text = String::new();
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => text.push_str(&line),
                Err(_) => panic!("{}: no document in {text:?}\n{}", self.name, self.log()),
            }
            if let Ok(value) = serde_json::from_str(&text) {
                return value;
            }
        }
    }

    /// Waits for the event called `name`.
    pub fn event(&self, name: &str) -> Value {
        self.until(name, |value| value["event"] == name)
    }

    /// What it has written to standard error so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until it has written `text` to standard error.
    pub fn until_logged(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(Instant::now() < deadline, "{} does not say {text:?}\n{}", self.name, self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends it a signal, like `-STOP` and `-CONT`.
    pub fn signal(&self, signal: &str) {
        let done = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(done.success(), "{} is gone\n{}", self.name, self.log());
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power failure does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended; returns its exit code and what it has written to standard error.
    pub fn end(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(Instant::now() < deadline, "{} does not end\n{}", self.name, self.log());
            std::thread::sleep(Duration::from_millis(20));
        };
        self.logging.take().unwrap().join().unwrap();
        (code, self.log())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
