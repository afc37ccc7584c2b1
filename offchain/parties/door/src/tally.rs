//! What a door counts.

use bithive_listener::Reason;
use bithive_monitor::{Counter, Gauge, Metrics, counter};
use bithive_x402::Code;

/// Version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Counters of a door. Amounts are in base units of the asset that it is paid in.
pub(crate) struct Tally {
    replies: counter::By,
    payments: counter::By,
    redemptions: counter::By,
    transactions: counter::By,
    pub(crate) charged: Counter,
    pub(crate) redeemed: Counter,
    pub(crate) lost: Counter,
    pub(crate) writes: Counter,
    pub(crate) exposure: Gauge,
    pub(crate) flows: Gauge,
    pub(crate) unserved: Gauge,
    pub(crate) chain: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) turned: counter::By,
}

impl Tally {
    pub(crate) fn new() -> (Self, Metrics) {
        let mut metrics = Metrics::new("door", VERSION);
        let new = &mut metrics;
        let kinds = ["served", "again", "unpaid", "refused", "conflict", "client_error", "server_error"];
        let codes: Vec<&'static str> = Code::ALL.iter().map(|code| code.as_str()).chain(["other"]).collect();
        let tally = Self {
            replies: new.counter_by("door_replies", "Replies to requests for predictions", "kind", &kinds),
            payments: new.counter_by("door_refused", "Requests that were refused, by code", "code", &codes),
            redemptions: new.counter_by(
                "door_redemptions",
                "Transactions that redeem vouchers",
                "result",
                &["done", "failed"],
            ),
            transactions: new.counter_by(
                "door_transactions",
                "Transactions of clients that were sent, by what the chain said",
                "result",
                &["done", "refused", "unknown"],
            ),
            charged: new.counter("door_charged_base_units", "What requests have cost, in base units"),
            redeemed: new
                .counter("door_redeemed_base_units", "What vouchers have been credited with, in base units"),
            lost: new.counter(
                "door_lost_base_units",
                "What was owed by flows that ended before their vouchers were redeemed, in base units",
            ),
            writes: new
                .counter("door_writes", "Transactions of the records on disk; several rows may share one"),
            exposure: new.gauge(
                "door_exposure_base_units",
                "What was served and the chain has not credited yet, in base units",
            ),
            flows: new.gauge("door_flows", "Flows that owe something"),
            unserved: new.gauge(
                "door_unserved",
                "Requests whose transaction was sent and that have no reply yet; their clients come back for it",
            ),
            chain: new.gauge("door_chain_age_seconds", "Time since the chain has answered"),
            connections: new.gauge("door_connections", "Connections that are open"),
            turned: new.counter_by(
                "door_turned_away",
                "Connections that were closed or refused",
                "reason",
                &Reason::ALL.map(Reason::name),
            ),
        };
        (tally, metrics)
    }

    pub(crate) fn replied(&self, kind: &str) {
        self.replies.of(kind).inc();
    }

    pub(crate) fn refused(&self, code: &str) {
        self.payments.of(code).inc();
    }

    pub(crate) fn redemption(&self, result: &str) {
        self.redemptions.of(result).inc();
    }

    pub(crate) fn transaction(&self, result: &str) {
        self.transactions.of(result).inc();
    }

    #[cfg(test)]
    pub(crate) fn markdown() -> String {
        Self::new().1.markdown()
    }
}

/// An amount as a counter has it.
pub(crate) fn counted(amount: u128) -> u64 {
    u64::try_from(amount).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: &str = include_str!("../../../../docs/metrics.md");

    #[test]
    fn every_metric_is_documented() {
        let (_, section) = DOCS.split_once("\n## door\n\n").expect("there is a section of the door");
        let documented = section.split("\n\n").next().unwrap().trim();
        let expected = Tally::markdown();
        assert_eq!(documented, expected.trim(), "docs/metrics.md, section door, has to be:\n{expected}");
    }
}
