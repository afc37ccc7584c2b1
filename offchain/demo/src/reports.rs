//! What the nodes report while they run on their own.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use bithive_node::{Observer, Report};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longest wait for a report. Everything runs in this process: a longer wait means that something is stuck.
const PATIENCE: Duration = Duration::from_secs(180);

/// An event of a party.
pub(super) enum PartyEvent {
    /// A node, by its index, did something.
    Report(usize, Report),
    /// A party has ended that should not have: why, for people.
    Ended(String),
}

struct ReportSender {
    node: usize,
    to: UnboundedSender<PartyEvent>,
}

impl Observer for ReportSender {
    fn report(&self, report: Report) {
        // The demo may be over already.
        let _ = self.to.send(PartyEvent::Report(self.node, report));
    }
}

/// All reports of nodes so far, and those to come.
pub(super) struct NodeReports {
    to: UnboundedSender<PartyEvent>,
    from: UnboundedReceiver<PartyEvent>,
    log: Vec<(usize, Report)>,
}

impl NodeReports {
    pub(super) fn new() -> Self {
        let (to, from) = unbounded_channel();
        Self { to, from, log: Vec::new() }
    }

    pub(super) fn observer(&self, node: usize) -> Arc<dyn Observer> {
        Arc::new(ReportSender { node, to: self.to.clone() })
    }

    /// Sender of events.
    pub(super) fn sender(&self) -> UnboundedSender<PartyEvent> {
        self.to.clone()
    }

    /// The nodes that have reported what `matches`.
    pub(super) fn nodes(&self, matches: impl Fn(&Report) -> bool) -> Vec<usize> {
        let mut nodes: Vec<usize> =
            self.log.iter().filter(|(_, report)| matches(report)).map(|(node, _)| *node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Hands on what nodes report from now on, and keeps none of it. Returns when a party ends that should not.
    pub(super) async fn follow(&mut self, mut to: impl FnMut(usize, Report)) -> String {
        loop {
            match self.from.recv().await {
                Some(PartyEvent::Report(node, report)) => to(node, report),
                Some(PartyEvent::Ended(reason)) => return reason,
                // There is always a sender: this has one.
                None => return "the nodes have stopped".into(),
            }
        }
    }

    /// Waits until `count` nodes have reported what `matches`.
    pub(super) async fn until(
        &mut self,
        what: &str,
        count: usize,
        matches: impl Fn(&Report) -> bool,
    ) -> Result<Vec<usize>> {
        loop {
            let nodes = self.nodes(&matches);
            if nodes.len() >= count {
                return Ok(nodes);
            }
            match tokio::time::timeout(PATIENCE, self.from.recv()).await {
                Ok(Some(PartyEvent::Ended(reason))) => bail!(reason),
                Ok(Some(PartyEvent::Report(node, report))) => {
                    if let Report::Failed { job_id, reason, retries: false } = &report {
                        bail!("node-{} failed at job {job_id}: {reason}", node + 1);
                    }
                    self.log.push((node, report));
                }
                Ok(None) => bail!("the nodes have stopped before {what}"),
                Err(_) => bail!("only {} of {count} nodes have {what}", nodes.len()),
            }
        }
    }
}
