//! The processes of the ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::order::{Order, Report, Usage};

/// One end, which ends with this.
pub(super) struct Process {
    child: Child,
    orders: ChildStdin,
    reports: BufReader<ChildStdout>,
}

impl Process {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("an end of the measurement can't be started")?;
        let orders = child.stdin.take().context("an end has no input")?;
        let reports = BufReader::new(child.stdout.take().context("an end has no output")?);
        Ok(Self { child, orders, reports })
    }

    /// Gives an order; [`Process::report`] waits for the answer.
    pub(super) fn order(&mut self, order: &Order) -> Result<()> {
        Ok(writeln!(self.orders, "{}", serde_json::to_string(order)?)?)
    }

    pub(super) fn report(&mut self) -> Result<Report> {
        let mut line = String::new();
        self.reports.read_line(&mut line)?;
        match serde_json::from_str(&line).context("an end of the measurement broke off")? {
            Report::Failed(reason) => bail!("an end of the measurement failed: {reason}"),
            report => Ok(report),
        }
    }

    pub(super) fn tell(&mut self, order: &Order) -> Result<Report> {
        self.order(order)?;
        self.report()
    }

    pub(super) fn usage(&mut self) -> Result<Usage> {
        match self.tell(&Order::Usage)? {
            Report::Used(usage) => Ok(usage),
            other => bail!("an end answered {other:?} to a question for what it has used"),
        }
    }

    /// Kills it with SIGKILL.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An end that is gone already needs neither.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
