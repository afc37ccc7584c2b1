//! Whoever sends: a task for each destination, so that one that is silent holds up nobody else.

use std::sync::Arc;
use std::time::Duration;

use bithive_dicomnet::Uid;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::config::GatewayConfig;
use crate::documents;
use crate::ehr::Ehr;
use crate::error::GatewayError;
use crate::outbox::{Letter, Outbox, Thing};
use crate::scu::Pacs;
use crate::spool::Spool;
use crate::tally::{DOCUMENT, GatewayMonitor, OBJECT};

/// How often it is looked for what is due.
const ROUND: Duration = Duration::from_millis(500);
/// Most objects of an association.
const BATCH: usize = 50;

/// What all senders share.
#[derive(Clone)]
struct Shared {
    spool: Arc<Spool>,
    outbox: Arc<Outbox>,
    monitor: Arc<GatewayMonitor>,
}

/// Starts a task for each destination; they end with the set.
///
/// # Errors
/// [`GatewayError`]: a token or a certificate that can't be read.
pub(crate) fn start(
    config: &GatewayConfig,
    (spool, outbox, monitor): (Arc<Spool>, Arc<Outbox>, Arc<GatewayMonitor>),
) -> Result<JoinSet<()>, GatewayError> {
    let shared = Shared { spool, outbox, monitor };
    let mut tasks = JoinSet::new();
    for peer in &config.pacs {
        tasks.spawn(to_pacs(peer.name.clone(), Pacs::new(peer)?, shared.clone()));
    }
    for server in &config.ehr {
        tasks.spawn(to_ehr(server.name.clone(), Ehr::new(server)?, shared.clone()));
    }
    Ok(tasks)
}

async fn to_pacs(name: String, peer: Pacs, shared: Shared) {
    loop {
        let letters = shared.outbox.due(&name, BATCH);
        let object = |letter: &Letter| match &letter.thing {
            Thing::Object(instance) => Some(instance.clone()),
            Thing::Document { .. } => None,
        };
        let objects: Vec<Uid> = letters.iter().filter_map(object).collect();
        if !objects.is_empty() {
            let outcomes = peer.store(&shared.spool, &objects).await;
            for (letter, outcome) in letters.into_iter().zip(outcomes) {
                shared.record(letter, outcome, OBJECT);
            }
        }
        sleep(ROUND).await;
    }
}

async fn to_ehr(name: String, server: Ehr, shared: Shared) {
    loop {
        for letter in shared.outbox.due(&name, BATCH) {
            let Thing::Document { kind, id } = &letter.thing else { continue };
            let outcome = match documents::body(&shared.spool, kind, id) {
                Ok(Some(body)) => server.put((kind, id), body).await.map_err(|error| error.to_string()),
                Ok(None) => Err("the document is not in the spool any more".into()),
                Err(error) => Err(error.to_string()),
            };
            shared.record(letter, outcome, DOCUMENT);
        }
        sleep(ROUND).await;
    }
}

impl Shared {
    fn record(&self, letter: Letter, outcome: Result<(), String>, kind: &'static str) {
        let to = letter.to.clone();
        let counts = if outcome.is_ok() { &self.monitor.sent } else { &self.monitor.not_sent };
        counts.of(kind).inc();
        if let Err(problem) = &outcome {
            tracing::warn!(to, problem, "an answer is not sent yet");
        }
        if let Err(error) = self.outbox.tried(&self.spool, letter, outcome) {
            tracing::error!(%error, to, "what became of an answer can't be recorded; it is sent again");
        }
    }
}
