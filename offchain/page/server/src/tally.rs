//! What the server counts.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bithive_chain::http::HttpTally;
use bithive_listener::Reason;
use bithive_monitor::{Gauge, Metrics, StatusSource, counter};
use serde_json::{Map, Value, json};

use crate::refused::Kind;

/// Version of the program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Page,
    Rpc,
    Rest,
    Batch,
    Courier,
}

impl Area {
    const ALL: [Self; 5] = [Self::Page, Self::Rpc, Self::Rest, Self::Batch, Self::Courier];

    const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Rpc => "rpc",
            Self::Rest => "rest",
            Self::Batch => "batch",
            Self::Courier => "courier",
        }
    }
}

/// Counters of the server.
pub(crate) struct Tally {
    requests: counter::By,
    refused: counter::By,
    turned: counter::By,
    connections: Gauge,
    listeners: Gauge,
    content: counter::By,
}

impl Tally {
    pub(crate) fn new() -> (Arc<Self>, Metrics) {
        let mut metrics = Metrics::new("page", VERSION);
        let new = &mut metrics;
        let tally = Self {
            requests: new.counter_by(
                "page_requests",
                "Requests by what they are about",
                "area",
                &Area::ALL.map(Area::name),
            ),
            refused: new.counter_by(
                "page_refused",
                "Requests that were refused or failed, but those of JSON-RPC and REST",
                "reason",
                &Kind::NAMES,
            ),
            turned: new.counter_by(
                "page_turned_away",
                "Connections that were closed or refused",
                "reason",
                &Reason::ALL.map(Reason::name),
            ),
            connections: new.gauge("page_connections", "Connections that are open"),
            listeners: new.gauge("page_listeners", "Browsers that wait for mail"),
            content: new.counter_by(
                "page_content_bytes",
                "Bytes of content that browsers sent and received",
                "direction",
                &["received", "sent"],
            ),
        };
        (Arc::new(tally), metrics)
    }

    pub(crate) fn asked(&self, area: Area) {
        self.requests.of(area.name()).inc();
    }

    pub(crate) fn refused(&self, kind: Kind) {
        self.refused.of(kind.name()).inc();
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.content.of("received").inc_by(bytes);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.content.of("sent").inc_by(bytes as u64);
    }

    pub(crate) fn listeners(&self) -> i64 {
        self.listeners.get()
    }

    /// Counts a listener until the answer is dropped.
    pub(crate) fn listening(&self) -> Listening {
        self.listeners.inc();
        Listening(self.listeners.clone())
    }
}

/// A browser that waits for mail.
pub(crate) struct Listening(Gauge);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Watches a server.
pub(crate) struct PageMonitor {
    pub(crate) tally: Arc<Tally>,
    pub(crate) http: HttpTally,
    pub(crate) chain_id: String,
    pub(crate) sessions: usize,
}

impl StatusSource for PageMonitor {
    fn refresh(&self) {
        self.tally.connections.set(i64::try_from(self.http.connections()).unwrap_or(i64::MAX));
        let turned = self.http.turned();
        for reason in Reason::ALL {
            self.tally.turned.of(reason.name()).inner().store(turned.of(reason), Ordering::Relaxed);
        }
    }

    fn status(&self) -> Map<String, Value> {
        let requests =
            Area::ALL.map(|area| (area.name().to_owned(), json!(self.tally.requests.of(area.name()).get())));
        [
            ("chain_id", json!(self.chain_id)),
            ("sessions", json!(self.sessions)),
            ("connections", json!(self.http.connections())),
            ("listeners", json!(self.tally.listeners.get())),
            ("requests", Value::Object(requests.into_iter().collect())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
