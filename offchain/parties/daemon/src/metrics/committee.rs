//! Metrics and status of a committee member.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bithive_committee::Member;
use bithive_exchange::Exchange as _;
use bithive_monitor::{Counter, Gauge, Metrics, StatusSource, counter};
use serde_json::{Map, Value, json};

use super::network::{NetworkMonitor, copy};
use super::{VERSION, signed};
use crate::party::Party;
use crate::{Events, Waits};

/// Watches a member.
pub struct CommitteeMonitor {
    epoch: Gauge,
    term_end: Gauge,
    posted: Gauge,
    failures: Counter,
    reported: Counter,
    evaluations: counter::By,
    tables: Counter,
    releases: counter::By,
    network: NetworkMonitor,
    waits: Waits,
    member: OnceLock<(Arc<Member>, String, String)>,
    now: AtomicU64,
    posted_epoch: AtomicU64,
}

impl CommitteeMonitor {
    /// The monitor of a member, and its metrics.
    #[must_use]
    pub fn new(events: Events) -> (Self, Metrics) {
        let mut metrics = Metrics::new("committee", VERSION);
        let new = &mut metrics;
        let waits = Waits::new(events, new);
        let monitor = Self {
            waits,
            epoch: new.gauge("epoch", "Epoch of the chain when it was asked last"),
            term_end: new.gauge("committee_term_end_epoch", "First epoch after the committee's term"),
            posted: new.gauge("share_keys_posted_epoch", "Last epoch whose share keys are posted"),
            failures: new.counter("duty_failures", "Failures to do an epoch's duties, which are tried again"),
            reported: new
                .counter("absent_members_reported", "Members that missed a duty and that this one reported"),
            evaluations: new.counter_by(
                "evaluation_requests",
                "Requests for evaluations by their answer",
                "answer",
                &["evaluated", "over_quota", "refused"],
            ),
            tables: new.counter("share_key_answers", "Requests for share keys that were answered"),
            releases: new.counter_by(
                "release_requests",
                "Requests for keys of contents by their answer",
                "answer",
                &["released", "not_permitted", "too_often", "refused"],
            ),
            network: NetworkMonitor::new(new),
            member: OnceLock::new(),
            now: AtomicU64::new(0),
            posted_epoch: AtomicU64::new(0),
        };
        (monitor, metrics)
    }

    /// What the member waits for.
    #[must_use]
    pub const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Watches this member from now on.
    pub fn watch(&self, party: &Party, member: &Arc<Member>) {
        self.network.watch(&party.transport);
        let (account, endpoint) = (party.account.address().to_owned(), party.transport.id().to_string());
        // A process has one member in its life.
        let _ = self.member.set((member.clone(), account, endpoint));
    }

    /// The chain is in this epoch, and the term of its committee ends before that one.
    pub fn in_epoch(&self, epoch: u64, term_end: u64) {
        self.now.store(epoch, Ordering::Relaxed);
        self.epoch.set(signed(epoch));
        self.term_end.set(signed(term_end));
    }

    /// The share keys of this epoch are posted.
    pub fn posted(&self, epoch: u64) {
        self.posted_epoch.fetch_max(epoch, Ordering::Relaxed);
        self.posted.set(signed(self.posted_epoch.load(Ordering::Relaxed)));
    }

    /// An absent member was reported.
    pub fn reported(&self) {
        self.reported.inc();
    }

    /// An epoch's duties could not be done.
    pub fn failed(&self) {
        self.failures.inc();
    }
}

impl StatusSource for CommitteeMonitor {
    fn refresh(&self) {
        self.network.refresh();
        let Some((member, ..)) = self.member.get() else { return };
        let tally = member.tally();
        copy(self.evaluations.of("evaluated"), tally.evaluated());
        copy(self.evaluations.of("over_quota"), tally.over_quota());
        copy(self.evaluations.of("refused"), tally.refused());
        copy(&self.tables, tally.tables());
        let releases = tally.releases();
        copy(self.releases.of("released"), releases.released());
        copy(self.releases.of("not_permitted"), releases.not_permitted());
        copy(self.releases.of("too_often"), releases.too_often());
        copy(self.releases.of("refused"), releases.refused());
    }

    fn status(&self) -> Map<String, Value> {
        let member = self.member.get();
        [
            ("account", json!(member.map(|(_, account, _)| account))),
            ("endpoint", json!(member.map(|(.., endpoint)| endpoint))),
            ("epoch", json!(self.now.load(Ordering::Relaxed))),
            ("share_keys_posted_epoch", json!(self.posted_epoch.load(Ordering::Relaxed))),
            ("evaluations", json!(member.map_or(0, |(member, ..)| member.tally().evaluated()))),
            ("releases", json!(member.map_or(0, |(member, ..)| member.tally().releases().released()))),
            ("connections", json!(self.network.connections())),
            ("waits_for", self.waits.status()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
