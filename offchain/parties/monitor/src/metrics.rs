//! Metrics of one program, in the order in which they are documented.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

type Labels = Vec<(&'static str, String)>;

/// One metric with one label, whose values are fixed when it is registered: whatever happens, there are never more
/// series than that. A value that is not among them counts as the last one.
#[derive(Clone)]
pub struct By<M> {
    series: BTreeMap<&'static str, M>,
    rest: M,
}

impl<M: Clone> By<M> {
    /// The series of this value.
    #[must_use]
    pub fn of(&self, value: &str) -> &M {
        self.series.get(value).unwrap_or(&self.rest)
    }
}

/// Counters and gauges by name.
pub mod counter {
    /// Counters with one label; see [`super::By`].
    pub type By = super::By<super::Counter>;
}

/// Gauges with one label.
pub mod gauge {
    /// Gauges with one label; see [`super::By`].
    pub type By = super::By<super::Gauge>;
}

struct Documented {
    name: String,
    kind: &'static str,
    labels: String,
    help: String,
}

/// The metrics of one program. Every name begins with `bithive_`; those of counters end with `_total`.
pub struct Metrics {
    registry: Registry,
    documented: Vec<Documented>,
    role: &'static str,
}

impl Metrics {
    /// Metrics of a program in this role, with what all programs have: `bithive_build_info` and
    /// `bithive_start_time_seconds`.
    #[must_use]
    pub fn new(role: &'static str, version: &'static str) -> Self {
        let mut metrics = Self { registry: Registry::with_prefix("bithive"), documented: Vec::new(), role };
        let build = Family::<Labels, Gauge>::default();
        build.get_or_create(&vec![("role", role.into()), ("version", version.into())]).set(1);
        let help = "Always 1, the program's role and version are its labels";
        metrics.register("build_info", help, "gauge", "role, version".into(), build);
        let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        metrics
            .gauge("start_time_seconds", "When the program started, in seconds of the Unix epoch")
            .set(i64::try_from(started).unwrap_or(i64::MAX));
        metrics
    }

    /// The program's role.
    #[must_use]
    pub const fn role(&self) -> &'static str {
        self.role
    }

    /// Adds a counter; its name gets `bithive_` before and `_total` behind it.
    pub fn counter(&mut self, name: &str, help: &str) -> Counter {
        let counter = Counter::default();
        self.register(name, help, "counter", String::new(), counter.clone());
        counter
    }

    /// Adds a gauge; its name gets `bithive_` before it.
    pub fn gauge(&mut self, name: &str, help: &str) -> Gauge {
        let gauge = Gauge::default();
        self.register(name, help, "gauge", String::new(), gauge.clone());
        gauge
    }

    /// Adds a counter with one label of these values, the last of which stands for all others.
    pub fn counter_by(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: &[&'static str],
    ) -> By<Counter> {
        self.by(name, help, "counter", label, values)
    }

    /// Adds a gauge with one label of these values, the last of which stands for all others.
    pub fn gauge_by(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: &[&'static str],
    ) -> By<Gauge> {
        self.by(name, help, "gauge", label, values)
    }

    fn by<M>(
        &mut self,
        name: &str,
        help: &str,
        kind: &'static str,
        label: &'static str,
        values: &[&'static str],
    ) -> By<M>
    where
        M: Default + Clone + prometheus_client::registry::Metric,
        M: prometheus_client::encoding::EncodeMetric + prometheus_client::metrics::TypedMetric,
    {
        let family = Family::<Labels, M>::default();
        let one = |value: &'static str| family.get_or_create(&vec![(label, value.to_owned())]).clone();
        let series: BTreeMap<_, _> = values.iter().map(|value| (*value, one(value))).collect();
        let rest = values.last().map(|value| one(value)).unwrap_or_default();
        let labels = format!("{label}: {}", values.join(", "));
        self.register(name, help, kind, labels, family);
        By { series, rest }
    }

    fn register(
        &mut self,
        name: &str,
        help: &str,
        kind: &'static str,
        labels: String,
        metric: impl prometheus_client::registry::Metric,
    ) {
        self.registry.register(name, help, metric);
        let ending = if kind == "counter" { "_total" } else { "" };
        let name = format!("bithive_{name}{ending}");
        self.documented.push(Documented { name, kind, labels, help: help.into() });
    }

    /// All values, as Prometheus reads them (OpenMetrics 1.0 text).
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // A string takes whatever is written.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// The table that documents these metrics, as it has to be in docs/metrics.md.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut table = String::from("| metric | type | labels | meaning |\n|---|---|---|---|\n");
        for Documented { name, kind, labels, help } in &self.documented {
            table.push_str(&format!("| `{name}` | {kind} | {labels} | {help} |\n"));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_nobody_named_counts_as_the_last_one_and_makes_no_series() {
        let mut metrics = Metrics::new("test", "0.1.0");
        let failures = metrics.counter_by("failures", "Failures", "reason", &["chain", "other"]);
        failures.of("chain").inc();
        for hostile in ["x", "a\"} 1\nbithive_fake 7", ""] {
            failures.of(hostile).inc();
        }
        let text = metrics.encode();
        assert!(text.contains("bithive_failures_total{reason=\"chain\"} 1\n"), "{text}");
        assert!(text.contains("bithive_failures_total{reason=\"other\"} 3\n"), "{text}");
        assert!(!text.contains("fake"));
        assert_eq!(text.matches("bithive_failures_total{").count(), 2);
    }

    #[test]
    fn what_is_documented_is_what_is_served() {
        let mut metrics = Metrics::new("test", "0.1.0");
        metrics.counter("claims", "Claims that were sent").inc_by(3);
        metrics.gauge("height", "Height").set(-1);
        let (text, table) = (metrics.encode(), metrics.markdown());
        assert!(text.contains("# TYPE bithive_claims counter\n") && text.ends_with("# EOF\n"), "{text}");
        assert!(text.contains("bithive_claims_total 3\n") && text.contains("bithive_height -1\n"), "{text}");
        assert!(text.contains("bithive_build_info{role=\"test\",version=\"0.1.0\"} 1\n"), "{text}");
        assert!(
            table.contains("| `bithive_claims_total` | counter |  | Claims that were sent |\n"),
            "{table}"
        );
        for line in table.lines().skip(2) {
            let name = line.split('`').nth(1).unwrap();
            assert!(text.lines().any(|served| served.starts_with(name)), "{name}");
        }
    }
}
