//! The processes of the two ends of one subject.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::order::{Order, Report, Subject};

/// One end, which ends with this.
struct Process {
    child: Child,
    orders: ChildStdin,
    reports: BufReader<ChildStdout>,
}

impl Process {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("an end of the measurement can't be started")?;
        let orders = child.stdin.take().context("an end has no input")?;
        let reports = BufReader::new(child.stdout.take().context("an end has no output")?);
        Ok(Self { child, orders, reports })
    }

    fn tell(&mut self, order: &Order) -> Result<Report> {
        writeln!(self.orders, "{}", serde_json::to_string(order)?)?;
        let mut line = String::new();
        self.reports.read_line(&mut line)?;
        match serde_json::from_str(&line).context("an end of the measurement broke off")? {
            Report::Failed(reason) => bail!("an end of the measurement failed: {reason}"),
            report => Ok(report),
        }
    }

    fn used(&mut self) -> Result<f64> {
        match self.tell(&Order::Usage)? {
            Report::Used(seconds) => Ok(seconds),
            other => bail!("an end answered {other:?} to a question for its processor time"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An end that is gone already needs neither.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds and processor time of one transfer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) megabytes_per_second: f64,
    /// Processor time of the sending and the receiving end, seconds for 10^9 bytes.
    pub(super) seconds_per_gigabyte: [f64; 2],
}

impl Run {
    pub(super) fn processor(&self) -> f64 {
        self.seconds_per_gigabyte.iter().sum()
    }
}

/// A sender and a receiver that are connected.
pub(super) struct Pair {
    pub(super) subject: Subject,
    sender: Process,
    receiver: Process,
}

impl Pair {
    /// Starts both in folders of their own below `folder`.
    pub(super) fn start(
        subject: Subject,
        folder: &Path,
        file: &Path,
        command: &impl Fn() -> Result<Command>,
    ) -> Result<Self> {
        let mut processes = [Process::start(command()?)?, Process::start(command()?)?];
        let [sender, receiver] = &mut processes;
        let mut keys = [[0; 32]; 2];
        for key in &mut keys {
            getrandom::fill(key).map_err(std::io::Error::other)?;
        }
        let own = |name: &str| -> std::io::Result<_> {
            let own = folder.join(format!("{subject:?}-{name}"));
            std::fs::create_dir_all(&own)?;
            Ok(own)
        };
        let serve = Order::Serve { subject, key: keys[0], folder: own("sender")?, file: file.to_owned() };
        let Report::Serving(offer) = sender.tell(&serve)? else { bail!("an end serves nothing") };
        let connect = Order::Connect { subject, key: keys[1], folder: own("receiver")?, offer };
        let Report::Connected = receiver.tell(&connect)? else { bail!("an end is not connected") };
        let [sender, receiver] = processes;
        Ok(Self { subject, sender, receiver })
    }

    pub(super) fn fetch(&mut self, bytes: u64) -> Result<Run> {
        let before = [self.sender.used()?, self.receiver.used()?];
        let Report::Fetched(seconds) = self.receiver.tell(&Order::Fetch { bytes })? else {
            bail!("an end fetched nothing")
        };
        let after = [self.sender.used()?, self.receiver.used()?];
        self.receiver.tell(&Order::Forget)?;
        let gigabytes = bytes as f64 / 1e9;
        Ok(Run {
            megabytes_per_second: gigabytes * 1e3 / seconds,
            seconds_per_gigabyte: [0, 1].map(|end: usize| (after[end] - before[end]) / gigabytes),
        })
    }

    /// Seconds of all small requests together, and the microseconds of each.
    pub(super) fn ask(&mut self, times: u32, at_once: u32) -> Result<(f64, Vec<f64>)> {
        match self.receiver.tell(&Order::Ask { times, at_once })? {
            Report::Asked { seconds, each } => Ok((seconds, each)),
            other => bail!("an end answered {other:?} to requests"),
        }
    }
}
