//! What a gateway counts, for Prometheus and for `bithive gateway status`.

use std::sync::Arc;

use bithive_monitor::{Counter, Gauge, Metrics, StatusSource, counter, gauge};
use serde_json::{Map, Value, json};

use crate::config::ROLE;
use crate::outbox::{Letters, Outbox};
use crate::spool::{Spool, Tally};
use crate::study::Stage;

/// Version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How objects come.
pub(crate) const DIMSE: &str = "dimse";
pub(crate) const STOW: &str = "stow";
/// What is sent.
pub(crate) const OBJECT: &str = "object";
pub(crate) const DOCUMENT: &str = "document";

/// Counts what a gateway does, and says what is in its spool.
pub struct GatewayMonitor {
    spool: Arc<Spool>,
    outbox: Arc<Outbox>,
    /// Objects that are on disk, new or known.
    pub(crate) stored: counter::By,
    /// Objects that were refused.
    pub(crate) refused: counter::By,
    /// Associations that were established.
    pub(crate) associations: Counter,
    /// Associations that were refused.
    pub(crate) rejected: Counter,
    /// Documents of FHIR that were taken.
    pub(crate) documents: Counter,
    /// Jobs that were posted.
    pub(crate) jobs: Counter,
    /// Objects and documents that were made of results.
    pub(crate) answers: Counter,
    /// Answers that a destination has taken, and attempts that failed.
    pub(crate) sent: counter::By,
    pub(crate) not_sent: counter::By,
    stages: gauge::By,
    instances: Gauge,
    studies: Gauge,
    bytes: Gauge,
}

impl GatewayMonitor {
    /// The monitor of a gateway, and its metrics.
    #[must_use]
    pub(crate) fn new(spool: Arc<Spool>, outbox: Arc<Outbox>) -> (Self, Metrics) {
        let mut metrics = Metrics::new(ROLE, VERSION);
        let new = &mut metrics;
        let ways = [DIMSE, STOW];
        let things = [OBJECT, DOCUMENT];
        let stages = Stage::ALL.map(Stage::name);
        let monitor = Self {
            spool,
            outbox,
            stored: new.counter_by("gateway_stored", "Objects that are on disk", "way", &ways),
            refused: new.counter_by("gateway_refused", "Objects that were refused", "way", &ways),
            associations: new.counter("gateway_associations", "Associations that were established"),
            rejected: new.counter("gateway_rejected", "Associations that were refused or not established"),
            documents: new.counter("gateway_documents", "Documents of FHIR that were taken"),
            jobs: new.counter("gateway_jobs", "Jobs that were posted"),
            answers: new.counter("gateway_answers", "Objects and documents that were made of results"),
            sent: new.counter_by("gateway_sent", "Answers that a destination has taken", "thing", &things),
            not_sent: new.counter_by("gateway_not_sent", "Attempts to send that failed", "thing", &things),
            stages: new.gauge_by("gateway_stages", "Studies by how far they are", "stage", &stages),
            instances: new.gauge("gateway_instances", "Objects in the spool"),
            studies: new.gauge("gateway_studies", "Studies in the spool"),
            bytes: new.gauge("gateway_bytes", "Bytes of the objects in the spool"),
        };
        (monitor, metrics)
    }

    /// Notes how far all studies are.
    pub(crate) fn stages(&self, all: impl Iterator<Item = Stage>) {
        let mut counts = [0_i64; Stage::ALL.len()];
        for stage in all {
            let place = Stage::ALL.iter().position(|one| *one == stage);
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count = count.saturating_add(1);
            }
        }
        for (stage, count) in Stage::ALL.iter().zip(counts) {
            self.stages.of(stage.name()).set(count);
        }
    }
}

impl StatusSource for GatewayMonitor {
    fn refresh(&self) {
        let Tally { studies, instances, bytes, .. } = self.spool.tally();
        self.instances.set(i64::try_from(instances).unwrap_or(i64::MAX));
        self.studies.set(i64::try_from(studies).unwrap_or(i64::MAX));
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    fn status(&self) -> Map<String, Value> {
        let Tally { studies, instances, bytes, aside, damaged } = self.spool.tally();
        let Letters { waiting, failing, sent } = self.outbox.tally();
        let count = |stage: &Stage| (stage.name().to_owned(), json!(self.stages.of(stage.name()).get()));
        let stages = Stage::ALL.iter().map(count).collect();
        let by = |counts: &counter::By| json!({ DIMSE: counts.of(DIMSE).get(), STOW: counts.of(STOW).get() });
        [
            ("studies", json!(studies)),
            ("instances", json!(instances)),
            ("bytes", json!(bytes)),
            ("aside", json!(aside)),
            ("damaged", json!(damaged)),
            ("stored", by(&self.stored)),
            ("refused", by(&self.refused)),
            ("associations", json!(self.associations.get())),
            ("rejected", json!(self.rejected.get())),
            ("documents", json!(self.documents.get())),
            ("jobs", json!(self.jobs.get())),
            ("answers", json!(self.answers.get())),
            ("stages", Value::Object(stages)),
            ("outbox", json!({ "waiting": waiting, "failing": failing, "sent": sent })),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::SpoolLimits;
    use crate::seal::SpoolKey;

    const DOCS: &str = include_str!("../../../../docs/metrics.md");

    #[test]
    fn the_documentation_has_what_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path(), SpoolKey::new(&[1; 32]), SpoolLimits::default()).unwrap();
        let expected = GatewayMonitor::new(Arc::new(spool), Arc::default()).1.markdown();
        let section = DOCS.split("## gateway\n").nth(1).unwrap_or_default();
        let documented = section.split("\n## ").next().unwrap_or_default().trim();
        assert_eq!(documented, expected.trim(), "docs/metrics.md, section gateway, has to be:\n{expected}");
    }
}
