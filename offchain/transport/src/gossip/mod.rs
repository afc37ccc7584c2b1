//! Broadcast: each message to everybody, once, through neighbours.
//!
//! A message is checked in full before it is handed on: form, signature, time, origin's stake and rate. That is
//! why this is a flood of its own: gossip libraries forward first and show a message to the program later. A
//! neighbour is told a message's identifier first and gets the message only if it wants it, so that each message
//! comes in once, however many neighbours have it.

mod ledger;
mod message;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bithive_exchange::{Digest, PeerId};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use tokio::sync::{broadcast, mpsc};

pub use ledger::{BURST_SECONDS, LEAST_CHARGE, MAX_OF_ORIGIN, MAX_SEEN, Rejection, SKEW, WINDOW};
pub use message::{Broadcast, ENVELOPE_BYTES, MAX_BODY_BYTES, MessageError, open, sign};

use crate::complaints::About;
use crate::endpoint::{Inner, Transport};
use crate::wire::{self, Kind, Status, WireError};
use ledger::{Announced, Ledger};

/// Broadcasts that wait for a subscriber; one that falls behind is told how many it missed.
const WAITING: usize = 256;
/// Broadcasts that wait for a neighbour; further ones reach it through others.
const QUEUE: usize = 256;
/// Broadcasts handed to one neighbour at a time.
const AT_ONCE: usize = 8;
/// Attempts to hand a broadcast to a neighbour, and the wait between them.
const ATTEMPTS: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);

/// How much an origin may broadcast: bytes per second, from its stake; 0 is nothing.
pub type Rate = Arc<dyn Fn(PeerId) -> u64 + Send + Sync>;

/// What can be wrong with an own broadcast.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BroadcastError {
    /// This endpoint has not joined.
    #[error("this endpoint takes no part in broadcasts; it must join first")]
    NotJoined,
    /// The body is over the limit.
    #[error("a broadcast's body has {found} bytes; at most {MAX_BODY_BYTES} are accepted")]
    TooLarge {
        /// Its length.
        found: usize,
    },
    /// Others would not accept it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

type Handover = (Digest, Bytes);

pub(crate) struct Gossip {
    rate: Rate,
    ledger: Mutex<Ledger>,
    neighbours: Mutex<HashMap<PeerId, mpsc::Sender<Handover>>>,
    subscribers: broadcast::Sender<Broadcast>,
}

impl Transport {
    /// Takes part in broadcasts, with these neighbours; called again, it changes them and leaves the rate. `rate`
    /// says how much an origin may send.
    pub fn join(&self, neighbours: &[PeerId], rate: Rate) {
        let gossip = self.inner.gossip.get_or_init(|| {
            let (ledger, neighbours) = (Mutex::default(), Mutex::default());
            Arc::new(Gossip { rate, ledger, neighbours, subscribers: broadcast::channel(WAITING).0 })
        });
        let mut queues = gossip.queues();
        queues.retain(|peer, _| neighbours.contains(peer));
        for peer in neighbours.iter().filter(|peer| **peer != self.inner.id) {
            queues.entry(*peer).or_insert_with(|| {
                let (sender, receiver) = mpsc::channel(QUEUE);
                self.inner.spawn(hand_over(self.inner.clone(), *peer, receiver));
                sender
            });
        }
    }

    /// Broadcasts from now on, others' and own; none before [`Transport::join`].
    #[must_use]
    pub fn broadcasts(&self) -> Option<broadcast::Receiver<Broadcast>> {
        Some(self.inner.gossip.get()?.subscribers.subscribe())
    }

    /// Signs and sends a broadcast.
    ///
    /// # Errors
    /// [`BroadcastError`].
    pub fn broadcast(&self, body: &[u8]) -> Result<Digest, BroadcastError> {
        let gossip = self.inner.gossip.get().ok_or(BroadcastError::NotJoined)?;
        if body.len() > MAX_BODY_BYTES {
            return Err(BroadcastError::TooLarge { found: body.len() });
        }
        let mut number = [0; 8];
        // Without it, the same body in the same millisecond is one message.
        let _ = getrandom::fill(&mut number);
        let bytes: Bytes =
            message::sign(&self.inner.signing, now_ms(), u64::from_be_bytes(number), body).into();
        let Ok(message) = message::open(&bytes) else {
            return Err(BroadcastError::TooLarge { found: body.len() });
        };
        let id = message.id;
        gossip.accept(message, &bytes, None)?;
        Ok(id)
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl Gossip {
    fn queues(&self) -> MutexGuard<'_, HashMap<PeerId, mpsc::Sender<Handover>>> {
        self.neighbours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a checked broadcast, shows it to subscribers, and hands it on.
    fn accept(&self, message: Broadcast, bytes: &Bytes, from: Option<PeerId>) -> Result<(), Rejection> {
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

    /// Answers an announcement or takes a broadcast.
    pub(crate) async fn answer(
        &self,
        inner: &Arc<Inner>,
        peer: PeerId,
        kind: Kind,
        body: Bytes,
    ) -> Result<(Status, Bytes), WireError> {
        if kind == Kind::Announce {
            let id = wire::decode_announcement(&body)?;
            let status = match self.ledger().announced(id, peer, Instant::now()) {
                Announced::Wanted => Status::Ok,
                Announced::Known => Status::Known,
                Announced::Later => Status::Later,
            };
            return Ok((status, Bytes::new()));
        }
        // Who hands on what it can't have checked is no neighbour.
        let message = message::open(&body)
            .map_err(|error| WireError::Body { field: "broadcast", problem: error.to_string() })?;
        Ok(match self.accept(message, &body, Some(peer)) {
            Ok(()) => (Status::Ok, Bytes::new()),
            Err(Rejection::Known) => (Status::Known, Bytes::new()),
            Err(error) => {
                if let Some(left_out) = inner.complaints.about(About::Broadcast) {
                    tracing::warn!(me = %inner.id, %peer, %error, left_out, "refused a broadcast");
                }
                (Status::Refused, wire::reason(&error.to_string()))
            }
        })
    }
}

/// Hands broadcasts to one neighbour, a few at a time, until it is none any more.
async fn hand_over(inner: Arc<Inner>, peer: PeerId, queue: mpsc::Receiver<Handover>) {
    let waiting = stream::unfold(queue, |mut queue| async { queue.recv().await.map(|next| (next, queue)) });
    waiting
        .for_each_concurrent(AT_ONCE, |(id, bytes)| {
            let inner = inner.clone();
            async move {
                for attempt in 0..ATTEMPTS {
                    if hand_over_once(&inner, peer, &id, &bytes).await {
                        return;
                    }
                    tokio::time::sleep(PAUSE * (attempt + 1)).await;
                }
                tracing::debug!(me = %inner.id, %peer, "a broadcast did not reach a neighbour");
            }
        })
        .await;
}

/// True if the neighbour has the broadcast now or never will.
async fn hand_over_once(inner: &Arc<Inner>, peer: PeerId, id: &Digest, bytes: &Bytes) -> bool {
    let patience = inner.limits.frame;
    match inner.call(peer, Kind::Announce, &[id], patience).await.map(|(status, ..)| status) {
        Ok(Status::Ok) => {}
        Ok(Status::Known) => return true,
        Ok(_) | Err(_) => return false,
    }
    let handed = inner.call(peer, Kind::Broadcast, &[bytes], patience).await.map(|(status, ..)| status);
    matches!(handed, Ok(Status::Ok | Status::Known | Status::Refused))
}
