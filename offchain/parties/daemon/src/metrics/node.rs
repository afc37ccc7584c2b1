//! Metrics, status, log and events of a node.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bithive_api::jobs::Phase;
use bithive_client::Client;
use bithive_exchange::Exchange as _;
use bithive_monitor::{Counter, Gauge, Metrics, StatusSource, counter, gauge};
use bithive_node::{Observer, Report};
use serde_json::{Map, Value, json};

use super::network::NetworkMonitor;
use super::{VERSION, seconds_since, signed};
use crate::party::Party;
use crate::{Event, Events, Waits};

/// Steps of a job that is under way, in order.
const STEPS: [&str; 6] = ["matched", "claimed", "decrypted", "committed", "revealed", "signed"];
/// Most jobs that the status lists; the oldest are dropped first.
const MOST_JOBS: usize = 1_024;
/// How often the chain is asked for the earnings.
const EARNINGS: Duration = Duration::from_secs(30);

/// Passes a node's reports on, and counts them.
pub struct NodeMonitor {
    events: Events,
    height: Gauge,
    lag: Gauge,
    rollbacks: Counter,
    vaults: counter::By,
    steps: counter::By,
    failures: counter::By,
    withdrawn: Counter,
    claimable: Gauge,
    jobs: gauge::By,
    network: NetworkMonitor,
    waits: Waits,
    view: Mutex<View>,
}

#[derive(Default)]
struct View {
    account: String,
    endpoint: String,
    height: u64,
    /// Time of the last block, in seconds of the Unix epoch.
    time: u64,
    claimable: Option<u128>,
    /// Step by job.
    jobs: BTreeMap<u64, &'static str>,
}

impl NodeMonitor {
    /// The monitor of a node, and its metrics.
    #[must_use]
    pub fn new(events: Events) -> (Self, Metrics) {
        let mut metrics = Metrics::new("node", VERSION);
        let new = &mut metrics;
        let waits = Waits::new(events.clone(), new);
        let monitor = Self {
            events,
            waits,
            height: new.gauge("chain_height", "Height of the last block that was followed"),
            lag: new.gauge("chain_lag_seconds", "Age of that block by this machine's clock"),
            rollbacks: new
                .counter("chain_rollbacks", "Times that the chain was found to have another history"),
            vaults: new.counter_by(
                "vaults_tried",
                "Vaults that were tried with the node's own tags",
                "opened",
                &["yes", "no"],
            ),
            steps: new.counter_by(
                "job_steps",
                "Steps of jobs that were done",
                "step",
                &[
                    "declined",
                    "claimed",
                    "not_chosen",
                    "decrypted",
                    "committed",
                    "revealed",
                    "signed",
                    "showed_signature",
                    "finalized",
                ],
            ),
            failures: new.counter_by(
                "job_failures",
                "Steps of jobs that failed",
                "reason",
                &["will_retry", "gave_up"],
            ),
            withdrawn: new
                .counter("withdrawn_base_units", "Earnings that were withdrawn, in base units of BTT"),
            claimable: new
                .gauge("claimable_base_units", "Earnings that can be withdrawn, in base units of BTT"),
            jobs: new.gauge_by("jobs", "Jobs under way by the last step that was done", "step", &STEPS),
            network: NetworkMonitor::new(new),
            view: Mutex::default(),
        };
        (monitor, metrics)
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches this party from now on.
    pub fn watch(&self, party: &Party) {
        self.network.watch(&party.transport);
        let mut view = self.view();
        view.account = party.account.address().into();
        view.endpoint = party.transport.id().to_string();
    }

    /// What the node waits for.
    #[must_use]
    pub const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Asks the chain for the earnings, every `EARNINGS`.
    pub async fn follow_earnings(&self, client: &Client, account: &str) {
        loop {
            match client.claimable(account).await {
                Ok(amount) => {
                    self.claimable.set(signed(amount));
                    self.view().claimable = Some(amount);
                }
                Err(error) => tracing::debug!(%error, "the earnings are not known"),
            }
            tokio::time::sleep(EARNINGS).await;
        }
    }

    fn count(&self, report: &Report) {
        let counter = match report {
            Report::VaultTried { opened: true, .. } => self.vaults.of("yes"),
            Report::VaultTried { opened: false, .. } => self.vaults.of("no"),
            Report::Declined { .. } => self.steps.of("declined"),
            Report::Claimed { .. } => self.steps.of("claimed"),
            Report::NotChosen { .. } => self.steps.of("not_chosen"),
            Report::Decrypted { .. } => self.steps.of("decrypted"),
            Report::Committed { .. } => self.steps.of("committed"),
            Report::Revealed { .. } => self.steps.of("revealed"),
            Report::Signed { .. } => self.steps.of("signed"),
            Report::ShowedSignature { .. } => self.steps.of("showed_signature"),
            Report::Finalized { .. } => self.steps.of("finalized"),
            Report::Failed { retries: true, .. } => self.failures.of("will_retry"),
            Report::Failed { retries: false, .. } => self.failures.of("gave_up"),
            Report::Withdrew { amount } => {
                self.withdrawn.inc_by(u64::try_from(*amount).unwrap_or(u64::MAX));
                return;
            }
        };
        counter.inc();
    }

    fn note(&self, report: &Report) {
        let (job_id, step) = match report {
            Report::VaultTried { job_id, opened: true } => (job_id, "matched"),
            Report::Claimed { job_id, .. } => (job_id, "claimed"),
            Report::Decrypted { job_id, .. } => (job_id, "decrypted"),
            Report::Committed { job_id } => (job_id, "committed"),
            Report::Revealed { job_id } => (job_id, "revealed"),
            Report::Signed { job_id } => (job_id, "signed"),
            Report::ShowedSignature { job_id } => (job_id, "signature_on_chain"),
            Report::Declined { job_id, .. } | Report::NotChosen { job_id } | Report::Finalized { job_id } => {
                self.view().jobs.remove(job_id);
                return;
            }
            Report::Withdrew { .. } | Report::VaultTried { .. } | Report::Failed { .. } => return,
        };
        let mut view = self.view();
        view.jobs.insert(*job_id, step);
        if view.jobs.len() > MOST_JOBS {
            view.jobs.pop_first();
        }
    }
}

impl Observer for NodeMonitor {
    fn report(&self, report: Report) {
        match &report {
            Report::Failed { job_id, reason, retries: true } => {
                tracing::warn!(job_id, reason, "a step failed; trying again");
            }
            Report::Failed { job_id, reason, retries: false } => {
                tracing::error!(job_id, reason, "a step failed; giving up");
            }
            Report::Declined { job_id, reason } => {
                tracing::warn!(job_id, reason, "this machine is too slow for the job, which is not claimed");
            }
            done => tracing::info!(?done, "step"),
        }
        self.count(&report);
        self.note(&report);
        (self.events)(&Event::Node(report));
    }

    fn followed(&self, height: u64, time: u64) {
        self.height.set(signed(height));
        let mut view = self.view();
        (view.height, view.time) = (height, time);
    }

    fn rolled_back(&self, _height: u64) {
        self.rollbacks.inc();
    }

    fn looked_at(&self, job_id: u64, phase: Phase) {
        if matches!(phase, Phase::Settled | Phase::Refunded) {
            self.view().jobs.remove(&job_id);
        }
    }
}

impl StatusSource for NodeMonitor {
    fn refresh(&self) {
        self.network.refresh();
        let view = self.view();
        if view.time > 0 {
            self.lag.set(signed(seconds_since(view.time)));
        }
        for step in STEPS {
            self.jobs.of(step).set(signed(view.jobs.values().filter(|at| **at == step).count()));
        }
    }

    fn status(&self) -> Map<String, Value> {
        let view = self.view();
        let jobs = view.jobs.iter().map(|(job_id, step)| json!({ "job_id": job_id, "step": step }));
        [
            ("account", json!(view.account)),
            ("endpoint", json!(view.endpoint)),
            ("height", json!(view.height)),
            ("lag_seconds", json!((view.time > 0).then(|| seconds_since(view.time)))),
            ("claimable", json!(view.claimable.map(|amount| amount.to_string()))),
            ("connections", json!(self.network.connections())),
            ("content_bytes", json!(self.network.stored_bytes())),
            ("jobs", jobs.collect()),
            ("waits_for", self.waits.status()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
