//! Metrics of an endpoint on the network.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use bithive_monitor::{Counter, Gauge, Metrics, counter, gauge};
use bithive_transport::Transport;

use super::signed;

/// Metrics of an endpoint; all are 0 until it starts.
pub struct NetworkMonitor {
    transport: OnceLock<Transport>,
    connections: gauge::By,
    sent: counter::By,
    received: counter::By,
    content_sent: Counter,
    content_stored: Gauge,
}

impl NetworkMonitor {
    /// Registers the metrics.
    pub(super) fn new(metrics: &mut Metrics) -> Self {
        const WAYS: [&str; 2] = ["direct", "relay"];
        Self {
            transport: OnceLock::new(),
            connections: metrics.gauge_by(
                "transport_connections",
                "Connections by the path of their packets",
                "path",
                &["direct", "relay", "undecided"],
            ),
            sent: metrics.counter_by(
                "transport_sent_bytes",
                "Bytes sent on the network, encryption and acknowledgements included",
                "path",
                &WAYS,
            ),
            received: metrics.counter_by(
                "transport_received_bytes",
                "Bytes received from the network",
                "path",
                &WAYS,
            ),
            content_sent: metrics.counter("content_sent_bytes", "Bytes of content sent to others"),
            content_stored: metrics.gauge("content_stored_bytes", "Bytes of content in the data folder"),
        }
    }

    /// Watches this endpoint from now on.
    pub(super) fn watch(&self, transport: &Transport) {
        // A party has one endpoint in its life.
        let _ = self.transport.set(transport.clone());
    }

    pub(super) fn refresh(&self) {
        let Some(transport) = self.transport.get() else { return };
        let (routes, traffic) = (transport.routes(), transport.traffic());
        self.connections.of("direct").set(signed(routes.direct));
        self.connections.of("relay").set(signed(routes.relayed));
        self.connections.of("undecided").set(signed(routes.undecided));
        copy(self.sent.of("direct"), traffic.sent_direct);
        copy(self.sent.of("relay"), traffic.sent_relayed);
        copy(self.received.of("direct"), traffic.received_direct);
        copy(self.received.of("relay"), traffic.received_relayed);
        copy(&self.content_sent, transport.sent_bytes());
        self.content_stored.set(signed(transport.stored_bytes()));
    }

    /// Bytes of content in the data folder.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.transport.get().map_or(0, Transport::stored_bytes)
    }

    pub(super) fn connections(&self) -> usize {
        self.transport.get().map_or(0, Transport::connections)
    }
}

/// A counter that is kept elsewhere.
pub(super) fn copy(counter: &Counter, value: u64) {
    counter.inner().store(value, Ordering::Relaxed);
}
