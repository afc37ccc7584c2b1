//! Metrics and status of an oracle of BOINC credit.

use std::sync::OnceLock;

use bithive_monitor::{Counter, Gauge, Metrics, StatusSource};
use serde_json::{Map, Value, json};

use super::{VERSION, signed};
use crate::oracle::report::Report;
use crate::{Event, Events, Waits};

/// Passes an oracle's reports on, and counts them.
pub struct OracleMonitor {
    events: Events,
    waits: Waits,
    hosts: Gauge,
    signed: Counter,
    left_out: Counter,
    imported: Counter,
    account: OnceLock<String>,
}

impl OracleMonitor {
    /// The monitor of an oracle, and its metrics.
    #[must_use]
    pub fn new(events: Events) -> (Self, Metrics) {
        let mut metrics = Metrics::new("oracle", VERSION);
        let new = &mut metrics;
        let waits = Waits::new(events.clone(), new);
        let monitor = Self {
            events,
            waits,
            hosts: new.gauge("oracle_hosts", "Hosts of the last export whose owners name an account"),
            signed: new.counter("oracle_signed", "Totals of hosts that were signed"),
            left_out: new.counter("oracle_left_out", "Totals of hosts that were not believed"),
            imported: new.counter("oracle_imported", "Totals of hosts that were imported"),
            account: OnceLock::new(),
        };
        (monitor, metrics)
    }

    /// What the oracle waits for.
    #[must_use]
    pub const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Who it works as from now on.
    pub(crate) fn watch(&self, account: &str) {
        // A process has one oracle in its life.
        let _ = self.account.set(account.into());
    }

    /// Something that the oracle did.
    pub fn report(&self, report: &Report) {
        match report {
            Report::Read { project, hosts } => {
                tracing::info!(project, hosts, "exports are read");
                self.hosts.set(signed(*hosts));
            }
            Report::Signed { project, host, total } => {
                tracing::debug!(project, host, total, "signed");
                self.signed.inc();
            }
            Report::LeftOut { project, host, reason } => {
                tracing::warn!(project, host, reason, "not signed");
                self.left_out.inc();
            }
            Report::Imported { account, project, host, total } => {
                tracing::info!(account, project, host, total, "imported");
                self.imported.inc();
            }
        }
        (self.events)(&Event::Oracle(report.clone()));
    }
}

impl StatusSource for OracleMonitor {
    fn refresh(&self) {}

    fn status(&self) -> Map<String, Value> {
        [
            ("account", json!(self.account.get())),
            ("hosts", json!(self.hosts.get())),
            ("signed", json!(self.signed.get())),
            ("left_out", json!(self.left_out.get())),
            ("imported", json!(self.imported.get())),
            ("waits_for", self.waits.status()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
