//! Metrics and status of a meter.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bithive_monitor::{Counter, Gauge, Metrics, StatusSource};
use serde_json::{Map, Value, json};

use super::{VERSION, signed};
use crate::meter::report::Report;
use crate::{Event, Events, Waits};

/// Passes a meter's reports on, and counts them.
pub struct MeterMonitor {
    events: Events,
    waits: Waits,
    idle: Gauge,
    due: Gauge,
    claims: Counter,
    vouches: Counter,
    left_out: Counter,
    collected: Counter,
    /// Its account, and who gets the credits of this machine.
    accounts: OnceLock<(String, Option<String>)>,
    period: AtomicU64,
}

impl MeterMonitor {
    /// The monitor of a meter, and its metrics.
    #[must_use]
    pub fn new(events: Events) -> (Self, Metrics) {
        let mut metrics = Metrics::new("meter", VERSION);
        let new = &mut metrics;
        let waits = Waits::new(events.clone(), new);
        let monitor = Self {
            events,
            waits,
            idle: new.gauge("meter_idle_seconds", "Idle seconds of this machine in the present period"),
            due: new
                .gauge("meter_due_credits", "Credits that are due and that the time bank has not given yet"),
            claims: new.counter("meter_claims", "Periods of this machine that were claimed"),
            vouches: new.counter("meter_vouches", "Claims of machines that were vouched for"),
            left_out: new
                .counter("meter_left_out", "Claims of machines above what the configuration allows them"),
            collected: new.counter("meter_collected_credits", "Credits that the time bank gave"),
            accounts: OnceLock::new(),
            period: AtomicU64::new(0),
        };
        (monitor, metrics)
    }

    /// What the meter waits for.
    #[must_use]
    pub const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Who it works for from now on.
    pub(crate) fn watch(&self, account: &str, credited: Option<&str>) {
        // A process has one meter in its life.
        let _ = self.accounts.set((account.into(), credited.map(Into::into)));
    }

    /// Idle seconds that the present period has.
    pub(crate) fn measured(&self, period: u64, seconds: u64) {
        self.period.store(period, Ordering::Relaxed);
        self.idle.set(signed(seconds));
    }

    /// Credits that are due.
    pub(crate) fn due(&self, credits: u64) {
        self.due.set(signed(credits));
    }

    /// Something that the meter did.
    pub fn report(&self, report: &Report) {
        match report {
            Report::Claimed { period, seconds, .. } => {
                tracing::info!(period, seconds, "idle time is claimed");
                self.claims.inc();
            }
            Report::Vouched { machine, period, seconds } => {
                tracing::info!(machine, period, seconds, "vouched for idle time");
                self.vouches.inc();
            }
            Report::LeftOut { machine, period, seconds, most } => {
                tracing::warn!(machine, period, seconds, most, "claims more than the configuration allows");
                self.left_out.inc();
            }
            Report::Collected { account, credits } => {
                tracing::info!(account, credits, "the time bank gave credits");
                self.collected.inc_by(*credits);
            }
        }
        (self.events)(&Event::Meter(report.clone()));
    }
}

impl StatusSource for MeterMonitor {
    fn refresh(&self) {}

    fn status(&self) -> Map<String, Value> {
        let accounts = self.accounts.get();
        [
            ("account", json!(accounts.map(|(account, _)| account))),
            ("credited", json!(accounts.and_then(|(_, credited)| credited.as_deref()))),
            ("period", json!(self.period.load(Ordering::Relaxed))),
            ("idle_seconds", json!(self.idle.get())),
            ("due_credits", json!(self.due.get())),
            ("claims", json!(self.claims.get())),
            ("vouches", json!(self.vouches.get())),
            ("waits_for", self.waits.status()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
