//! A flood: each checked broadcast goes to subscribers, and to every neighbour that may lack it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bithive_exchange::{Digest, PeerId};
use bytes::Bytes;
use tokio::sync::{broadcast, mpsc};

use super::ledger::{Ledger, Rejection};
use super::message::Broadcast;

/// Broadcasts that wait for a subscriber; one that falls behind is told how many it missed.
const WAITING: usize = 256;

/// How much an origin may broadcast: bytes per second, from its stake; 0 is nothing.
pub type Rate = Arc<dyn Fn(PeerId) -> u64 + Send + Sync>;

/// A broadcast on its way to a neighbour: its identifier and its bytes.
pub(crate) type Handover = (Digest, Bytes);

/// The broadcasts of an endpoint: what it knows of them, and whom it hands them on to.
pub(crate) struct Flood {
    rate: Rate,
    ledger: Mutex<Ledger>,
    neighbours: Mutex<HashMap<PeerId, mpsc::Sender<Handover>>>,
    pub(super) subscribers: broadcast::Sender<Broadcast>,
}

impl Flood {
    /// A flood without neighbours; `rate` says how much an origin may send.
    pub(super) fn new(rate: Rate) -> Self {
        let (ledger, neighbours) = (Mutex::default(), Mutex::default());
        Self { rate, ledger, neighbours, subscribers: broadcast::channel(WAITING).0 }
    }

    /// What waits for each neighbour.
    pub(super) fn queues(&self) -> MutexGuard<'_, HashMap<PeerId, mpsc::Sender<Handover>>> {
        self.neighbours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a checked broadcast, shows it to subscribers, and hands it on.
    pub(super) fn accept(
        &self,
        message: Broadcast,
        bytes: &Bytes,
        from: Option<PeerId>,
    ) -> Result<(), Rejection> {
        let rate = (self.rate)(message.origin);
        self.ledger().accept(&message, bytes.len(), rate, now_ms(), Instant::now())?;
        for (peer, queue) in self.queues().iter() {
            if Some(*peer) != from
                && *peer != message.origin
                && queue.try_send((message.id, bytes.clone())).is_err()
            {
                tracing::debug!(%peer, "a neighbour is too slow for a broadcast");
            }
        }
        // Nobody may be listening.
        let _ = self.subscribers.send(message);
        Ok(())
    }
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
