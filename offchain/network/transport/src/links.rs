//! Connections: at most a few per peer, opened when needed, shared by everything both ends have to say.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bithive_exchange::PeerId;
use iroh::endpoint::{Connection, VarInt};
use tokio::sync::Semaphore;

use crate::budget::Budget;
use crate::config::Limits;
use crate::wire::MAX_FRAME_BYTES;

/// Why this end closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// It was not used for [`Limits::idle`].
    Idle,
    /// The peer broke the protocol.
    Malformed,
    /// The peer is not admitted.
    Stranger,
    /// There are too many connections.
    TooMany,
    /// This endpoint stops.
    Stopping,
}

impl Close {
    pub(crate) fn close(self, connection: &Connection) {
        let (code, reason): (u32, &[u8]) = match self {
            Self::Idle => (0, b"idle"),
            Self::Malformed => (1, b"malformed"),
            Self::Stranger => (2, b"not admitted"),
            Self::TooMany => (3, b"too many connections"),
            Self::Stopping => (4, b"stopping"),
        };
        connection.close(VarInt::from_u32(code), reason);
    }
}

/// An open connection with a peer, and when it was last used.
pub(crate) struct Link {
    pub(crate) connection: Connection,
    busy: AtomicUsize,
    used: Mutex<Instant>,
    /// This end has made calls on it.
    called: AtomicBool,
    wide: AtomicBool,
}

/// Bytes that a peer may have under way to this end before they are read, on one connection.
pub(crate) const RECEIVE_WINDOW: u32 = 1 << 20;
/// The same where this end fetches content.
const WIDE_RECEIVE_WINDOW: u32 = 16 << 20;

impl Link {
    /// Notes that this end calls the peer: the connection does not make room for strangers.
    pub(crate) fn call(&self) {
        self.called.store(true, Ordering::Relaxed);
    }

    /// Lets the peer send as fast as long and fast networks allow, since this end asks it for content.
    pub(crate) fn widen(&self) {
        if !self.wide.swap(true, Ordering::Relaxed) {
            self.connection.set_receive_window(VarInt::from_u32(WIDE_RECEIVE_WINDOW));
        }
    }

    /// Since when nothing has used the link, if nothing does and this end has not called the peer.
    fn unused_since(&self) -> Option<Instant> {
        let free = self.busy.load(Ordering::SeqCst) == 0 && !self.called.load(Ordering::Relaxed);
        free.then(|| *self.used.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Marks the link as in use until the answer is dropped.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Busy(self.clone())
    }

    /// Whether nothing has used the link for this long.
    pub(crate) fn idle_for(&self, time: Duration) -> bool {
        let used = *self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.busy.load(Ordering::SeqCst) == 0 && used.elapsed() >= time
    }
}

/// A link in use.
pub(crate) struct Busy(Arc<Link>);

impl Drop for Busy {
    fn drop(&mut self) {
        *self.0.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What one peer may use, over all its connections.
#[derive(Clone)]
pub(crate) struct Allowance {
    /// Requests of the peer that are worked on.
    pub(crate) slots: Arc<Semaphore>,
    /// Bytes of the peer's frames on their way in.
    pub(crate) incoming: Budget,
    /// Bytes of answers to the peer on their way out.
    pub(crate) outgoing: Budget,
}

/// A connection that this end opened: the peer makes requests on it, too.
pub(crate) struct Opened {
    pub(crate) peer: PeerId,
    pub(crate) link: Arc<Link>,
    pub(crate) allowance: Allowance,
}

struct Peer {
    links: Vec<Arc<Link>>,
    allowance: Allowance,
}

/// All connections of an endpoint.
#[derive(Default)]
pub(crate) struct Links {
    peers: Mutex<HashMap<PeerId, Peer>>,
    dialing: Mutex<HashMap<PeerId, Arc<tokio::sync::Mutex<()>>>>,
}

/// Parts of [`Limits::incoming_bytes`] and [`Limits::outgoing_bytes`]; one peer's frames take up to one of them.
const BUDGET_PARTS: usize = 8;

impl Links {
    fn peers(&self) -> MutexGuard<'_, HashMap<PeerId, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest connection with `peer` that is open: an older one may belong to a process that has ended.
    pub(crate) fn get(&self, peer: PeerId) -> Option<Arc<Link>> {
        let peers = self.peers();
        let open = |link: &&Arc<Link>| link.connection.close_reason().is_none();
        peers.get(&peer)?.links.iter().rev().find(open).cloned()
    }

    /// Adds a connection, and says whether another one was closed for it: that which has not been used for longest.
    /// None if all are in use. A peer's own limit closes its oldest one.
    pub(crate) fn add(
        &self,
        peer: PeerId,
        connection: Connection,
        limits: &Limits,
    ) -> Option<(Arc<Link>, Allowance, bool)> {
        let mut peers = self.peers();
        let all: usize = peers.values().map(|peer| peer.links.len()).sum();
        let full = all >= limits.connections;
        if full {
            make_room(&mut peers)?;
        }
        let part = |bytes: usize| Budget::new((bytes / BUDGET_PARTS).max(MAX_FRAME_BYTES));
        let entry = peers.entry(peer).or_insert_with(|| Peer {
            links: Vec::new(),
            allowance: Allowance {
                slots: Arc::new(Semaphore::new(limits.streams.max(1) as usize)),
                incoming: part(limits.incoming_bytes),
                outgoing: part(limits.outgoing_bytes),
            },
        });
        if entry.links.len() >= limits.connections_per_peer.max(1) {
            let oldest = entry.links.remove(0);
            Close::TooMany.close(&oldest.connection);
        }
        let link = Arc::new(Link {
            connection,
            busy: AtomicUsize::new(0),
            used: Mutex::new(Instant::now()),
            called: AtomicBool::new(false),
            wide: AtomicBool::new(false),
        });
        entry.links.push(link.clone());
        Some((link, entry.allowance.clone(), full))
    }

    /// Forgets a connection that has ended.
    pub(crate) fn remove(&self, peer: PeerId, link: &Arc<Link>) {
        let mut peers = self.peers();
        if let Some(entry) = peers.get_mut(&peer) {
            entry.links.retain(|other| !Arc::ptr_eq(other, link));
            if entry.links.is_empty() {
                peers.remove(&peer);
            }
        }
    }

    /// Forgets every connection and closes it.
    pub(crate) fn close(&self) {
        for link in self.peers().drain().flat_map(|(_, peer)| peer.links) {
            Close::Stopping.close(&link.connection);
        }
    }

    /// Every open connection, of all peers.
    pub(crate) fn all(&self) -> Vec<Arc<Link>> {
        self.peers().values().flat_map(|peer| peer.links.iter().cloned()).collect()
    }

    /// How many connections there are.
    pub(crate) fn count(&self) -> usize {
        self.peers().values().map(|peer| peer.links.len()).sum()
    }

    /// Held while `peer` is dialled, so that many callers share one connection.
    pub(crate) fn dialing(&self, peer: PeerId) -> Arc<tokio::sync::Mutex<()>> {
        let mut dialing = self.dialing.lock().unwrap_or_else(PoisonError::into_inner);
        dialing.retain(|_, lock| Arc::strong_count(lock) > 1);
        dialing.entry(peer).or_default().clone()
    }
}

/// Closes the connection that has not been used for longest, if there is one.
fn make_room(peers: &mut HashMap<PeerId, Peer>) -> Option<()> {
    let unused = |(peer, entry): (&PeerId, &Peer)| {
        let oldest = entry.links.iter().filter_map(|link| Some((link.unused_since()?, link.clone())));
        oldest.min_by_key(|(since, _)| *since).map(|(since, link)| (since, *peer, link))
    };
    let (_, peer, link) = peers.iter().filter_map(unused).min_by_key(|(since, ..)| *since)?;
    Close::TooMany.close(&link.connection);
    let entry = peers.get_mut(&peer)?;
    entry.links.retain(|other| !Arc::ptr_eq(other, &link));
    if entry.links.is_empty() {
        peers.remove(&peer);
    }
    Some(())
}
