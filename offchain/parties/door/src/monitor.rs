//! What a door tells of itself while it runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bithive_chain::http::HttpTally;
use bithive_listener::Reason;
use bithive_monitor::StatusSource;
use serde_json::{Map, Value, json};

use crate::site::Site;

fn gauged(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// Watches a door.
pub(crate) struct DoorMonitor {
    pub(crate) site: Arc<Site>,
    pub(crate) http: HttpTally,
}

impl StatusSource for DoorMonitor {
    fn refresh(&self) {
        let tally = &self.site.tally;
        tally.connections.set(gauged(self.http.connections()));
        let turned = self.http.turned();
        for reason in Reason::ALL {
            tally.turned.of(reason.name()).inner().store(turned.of(reason), Ordering::Relaxed);
        }
        tally.writes.inner().store(self.site.ledger.writes(), Ordering::Relaxed);
        tally.unserved.set(gauged(self.site.ledger.unserved()));
        let Some(till) = &self.site.counter else { return };
        tally.exposure.set(gauged(till.till.exposed()));
        tally.flows.set(gauged(till.till.counts().0));
        tally.chain.set(gauged(till.clock.age()));
    }

    fn status(&self) -> Map<String, Value> {
        let tally = &self.site.tally;
        let mut status = Map::new();
        let mut put = |name: &str, value: Value| drop(status.insert(name.into(), value));
        put("url", json!(self.site.url));
        put("connections", json!(self.http.connections()));
        put("charged", json!(tally.charged.get()));
        put("redeemed", json!(tally.redeemed.get()));
        if let Some(counter) = &self.site.counter {
            put("network", json!(counter.accepted.network));
            put("payee", json!(counter.accepted.pay_to));
            put("price", json!(counter.accepted.amount));
            put("asset", json!(counter.accepted.asset));
            put("offer", json!(counter.shop.as_ref().map(|shop| shop.offer)));
            put("unserved", json!(self.site.ledger.unserved()));
            put("exposure", json!(counter.till.exposed().to_string()));
            put("exposure_limit", json!(counter.terms.exposure.to_string()));
            put("flows", json!(counter.till.counts().0));
            put("chain_age_seconds", json!(counter.clock.age()));
        }
        status
    }
}
