//! Taking part: neighbours, own broadcasts, and handing on.

use std::sync::Arc;
use std::time::Duration;

use bithive_exchange::{Digest, PeerId};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use tokio::sync::{broadcast, mpsc};

use super::flood::{Flood, Handover, Rate, now_ms};
use super::ledger::Rejection;
use super::message::{self, Broadcast, MAX_BODY_BYTES};
use crate::endpoint::Transport;
use crate::shared::Inner;
use crate::wire::{Kind, Status};

/// Broadcasts that wait for a neighbour; further ones reach it through others.
const QUEUE: usize = 256;
/// Broadcasts handed to one neighbour at a time.
const AT_ONCE: usize = 8;
/// Attempts to hand a broadcast to a neighbour, and the wait between them.
const ATTEMPTS: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);

/// What can be wrong with an own broadcast.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BroadcastError {
    /// This endpoint has not joined.
    #[error("this endpoint has not joined the broadcasts; it must join first")]
    NotJoined,
    /// The body is over the limit.
    #[error("a broadcast's body has {found} bytes; at most {MAX_BODY_BYTES} are accepted")]
    TooLarge {
        /// Bytes of the body, more than [`MAX_BODY_BYTES`].
        found: usize,
    },
    /// Others would not accept it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

impl Transport {
    /// Takes part in broadcasts, with these neighbours; called again, it changes them and leaves the rate. `rate`
    /// says how much an origin may send.
    pub fn join(&self, neighbours: &[PeerId], rate: Rate) {
        let gossip = self.inner.gossip.get_or_init(|| Arc::new(Flood::new(rate)));
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
