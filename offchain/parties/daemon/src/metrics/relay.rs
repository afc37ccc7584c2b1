//! Metrics and status of a relay.

use bithive_monitor::{Counter, Gauge, Metrics, StatusSource, counter};
use bithive_transport::relay::{Reason, RelayTally};
use serde_json::{Map, Value, json};

use super::network::copy;
use super::{VERSION, signed};

/// Watches a relay.
pub struct RelayMonitor {
    url: String,
    tally: RelayTally,
    clients: Gauge,
    strangers: Gauge,
    turned: counter::By,
    connections: counter::By,
    bytes: counter::By,
    packets: Counter,
}

impl RelayMonitor {
    /// The monitor of a relay with this URL, and its metrics.
    #[must_use]
    pub fn new(url: String, tally: RelayTally) -> (Self, Metrics) {
        let mut metrics = Metrics::new("relay", VERSION);
        let new = &mut metrics;
        let monitor = Self {
            url,
            tally,
            clients: new.gauge("relay_clients", "Clients that are connected"),
            strangers: new.gauge("relay_strangers", "Connections whose clients have not shown who they are"),
            turned: new.counter_by(
                "relay_turned_away",
                "Connections closed before their clients had shown who they are",
                "reason",
                &Reason::ALL.map(Reason::name),
            ),
            connections: new.counter_by(
                "relay_connections",
                "Connections of clients by how they were received",
                "answer",
                &["accepted", "refused"],
            ),
            bytes: new.counter_by(
                "relay_bytes",
                "Bytes that clients have others sent, and that were passed on",
                "direction",
                &["received", "sent"],
            ),
            packets: new.counter("relay_dropped_packets", "Packets for clients that were gone"),
        };
        (monitor, metrics)
    }
}

impl StatusSource for RelayMonitor {
    fn refresh(&self) {
        let traffic = self.tally.traffic();
        self.clients.set(signed(traffic.clients()));
        self.strangers.set(i64::try_from(traffic.strangers).unwrap_or(i64::MAX));
        for reason in Reason::ALL {
            copy(self.turned.of(reason.name()), traffic.turned.of(reason));
        }
        copy(self.connections.of("accepted"), traffic.accepted);
        copy(self.connections.of("refused"), traffic.refused);
        copy(self.bytes.of("received"), traffic.received_bytes);
        copy(self.bytes.of("sent"), traffic.sent_bytes);
        copy(&self.packets, traffic.dropped_packets);
    }

    fn status(&self) -> Map<String, Value> {
        let traffic = self.tally.traffic();
        [
            ("url", json!(self.url)),
            ("clients", json!(traffic.clients())),
            ("strangers", json!(traffic.strangers)),
            ("refused", json!(traffic.refused)),
            ("received_bytes", json!(traffic.received_bytes)),
            ("sent_bytes", json!(traffic.sent_bytes)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
