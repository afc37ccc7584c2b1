//! What a gateway counts, for Prometheus and for `bithive gateway status`.

use std::sync::Arc;

use bithive_monitor::{Counter, Gauge, Metrics, StatusSource, counter};
use serde_json::{Map, Value, json};

use crate::config::ROLE;
use crate::spool::{Spool, Tally};

/// Version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How objects come.
pub(crate) const DIMSE: &str = "dimse";
pub(crate) const STOW: &str = "stow";

/// Counts what a gateway does, and says what is in its spool.
pub struct GatewayMonitor {
    spool: Arc<Spool>,
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
    instances: Gauge,
    studies: Gauge,
    bytes: Gauge,
}

impl GatewayMonitor {
    /// The monitor of a gateway, and its metrics.
    #[must_use]
    pub fn new(spool: Arc<Spool>) -> (Self, Metrics) {
        let mut metrics = Metrics::new(ROLE, VERSION);
        let new = &mut metrics;
        let ways = [DIMSE, STOW];
        let monitor = Self {
            spool,
            stored: new.counter_by("gateway_stored", "Objects that are on disk", "way", &ways),
            refused: new.counter_by("gateway_refused", "Objects that were refused", "way", &ways),
            associations: new.counter("gateway_associations", "Associations that were established"),
            rejected: new.counter("gateway_rejected", "Associations that were refused or not established"),
            documents: new.counter("gateway_documents", "Documents of FHIR that were taken"),
            instances: new.gauge("gateway_instances", "Objects in the spool"),
            studies: new.gauge("gateway_studies", "Studies in the spool"),
            bytes: new.gauge("gateway_bytes", "Bytes of the objects in the spool"),
        };
        (monitor, metrics)
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
        let expected = GatewayMonitor::new(Arc::new(spool)).1.markdown();
        let section = DOCS.split("## gateway\n").nth(1).unwrap_or_default();
        let documented = section.split("\n## ").next().unwrap_or_default().trim();
        assert_eq!(documented, expected.trim(), "docs/metrics.md, section gateway, has to be:\n{expected}");
    }
}
