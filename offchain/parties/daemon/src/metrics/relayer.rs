//! Metrics and status of a relayer.

use std::sync::OnceLock;

use bithive_exchange::Exchange as _;
use bithive_monitor::{Counter, Gauge, Metrics, StatusSource, counter, gauge};
use bithive_relayer::entry::State;
use bithive_relayer::{Kind, Outbox, Report, Watch};
use serde_json::{Map, Value, json};

use super::network::NetworkMonitor;
use super::{VERSION, seconds_since, signed};
use crate::party::Party;
use crate::{Event, Events, Waits};

/// Passes a relayer's reports on, and counts them.
pub struct RelayerMonitor {
    events: Events,
    height: Gauge,
    lag: Gauge,
    rollbacks: Counter,
    jobs: Gauge,
    entries: [(Kind, gauge::By); 3],
    transactions: counter::By,
    fees: Counter,
    spent: Gauge,
    low: Counter,
    network: NetworkMonitor,
    waits: Waits,
    relayer: OnceLock<(Outbox, String)>,
}

impl RelayerMonitor {
    /// The monitor of a relayer, and its metrics.
    #[must_use]
    pub fn new(events: Events) -> (Self, Metrics) {
        let mut metrics = Metrics::new("relayer", VERSION);
        let new = &mut metrics;
        let waits = Waits::new(events.clone(), new);
        let monitor = Self {
            events,
            waits,
            height: new.gauge("chain_height", "Height of the last block that was followed"),
            lag: new.gauge("chain_lag_seconds", "Age of that block by this machine's clock"),
            rollbacks: new
                .counter("chain_rollbacks", "Times that the chain was found to have another history"),
            jobs: new.gauge("relayer_jobs", "Jobs that are not final"),
            entries: [
                (
                    Kind::Finalize,
                    new.gauge_by("relayer_settlements", "Settlements by state", "state", &State::NAMES),
                ),
                (
                    Kind::Advance,
                    new.gauge_by("relayer_exits", "Exits after a deadline by state", "state", &State::NAMES),
                ),
                (
                    Kind::Attest,
                    new.gauge_by("relayer_attestations", "Attestations by state", "state", &State::NAMES),
                ),
            ],
            transactions: new.counter_by(
                "relayer_transactions",
                "Transactions by their outcome",
                "end",
                &["signed", "confirmed", "failed", "void"],
            ),
            fees: new
                .counter("relayer_fees_base_units", "Fees signed for, in base units of the fee denomination"),
            spent: new.gauge("relayer_fees_today_base_units", "Fees signed for on this day"),
            low: new.counter("relayer_low_balance", "Times that the account was found to run low"),
            network: NetworkMonitor::new(new),
            relayer: OnceLock::new(),
        };
        (monitor, metrics)
    }

    /// What the relayer waits for.
    #[must_use]
    pub const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Watches this relayer from now on.
    pub fn watch(&self, party: &Party, outbox: Outbox) {
        self.network.watch(&party.transport);
        // A process has one relayer in its life.
        let _ = self.relayer.set((outbox, party.transport.id().to_string()));
    }
}

impl Watch for RelayerMonitor {
    fn report(&self, report: &Report) {
        let end = |end: &'static str| {
            self.transactions.of(end).inc();
        };
        match report {
            Report::Signed { fee, .. } => {
                end("signed");
                self.fees.inc_by(u64::try_from(fee.u128()).unwrap_or(u64::MAX));
            }
            Report::Confirmed { .. } => end("confirmed"),
            Report::Failed { .. } => end("failed"),
            Report::Void { .. } => end("void"),
            Report::LowBalance { .. } => {
                self.low.inc();
            }
            Report::RolledBack { .. } => {
                self.rollbacks.inc();
            }
            Report::HandedIn { .. } | Report::Held { .. } | Report::Skipped { .. } => {}
        }
        (self.events)(&Event::Relayer(report.clone()));
    }
}

impl StatusSource for RelayerMonitor {
    fn refresh(&self) {
        self.network.refresh();
        let Some((outbox, _)) = self.relayer.get() else { return };
        let status = outbox.status();
        self.height.set(signed(status.next_height.saturating_sub(1)));
        self.lag.set(signed(seconds_since(status.block_time / 1_000)));
        self.jobs.set(signed(status.jobs));
        self.spent.set(signed(status.spent_today));
        for (kind, gauges) in &self.entries {
            for state in State::NAMES {
                let count = status.entries.get(kind.name()).and_then(|states| states.get(state));
                gauges.of(state).set(signed(count.copied().unwrap_or(0)));
            }
        }
    }

    fn status(&self) -> Map<String, Value> {
        let waits_for = ("waits_for".to_owned(), self.waits.status());
        let Some((outbox, endpoint)) = self.relayer.get() else { return [waits_for].into_iter().collect() };
        let status = outbox.status();
        let set_aside =
            status.set_aside.iter().map(|(duty, reason)| json!({ "duty": duty, "reason": reason }));
        let set_aside: Vec<Value> = set_aside.collect();
        [
            ("account", json!(status.address)),
            ("endpoint", json!(endpoint)),
            ("height", json!(status.next_height.saturating_sub(1))),
            ("jobs", json!(status.jobs)),
            ("entries", json!(status.entries)),
            ("set_aside", json!(set_aside)),
            ("in_flight", json!(status.in_flight)),
            ("fees_today", json!(status.spent_today.to_string())),
            ("connections", json!(self.network.connections())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .chain([waits_for])
        .collect()
    }
}
