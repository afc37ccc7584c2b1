//! The table of places, shared by tasks.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::table::{Full, Limits, Reason, Table};

/// The places of a server.
#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    table: Mutex<Table<watch::Sender<bool>>>,
    turned: [AtomicU64; Reason::ALL.len()],
}

/// Connections that were closed or refused, by reason, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turned([u64; Reason::ALL.len()]);

impl Turned {
    /// How many for this reason.
    #[must_use]
    pub fn of(&self, reason: Reason) -> u64 {
        self.0.get(reason.index()).copied().unwrap_or(0)
    }
}

impl Places {
    /// Places for so many.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared { table: Mutex::new(Table::new(limits)), turned: Default::default() }))
    }

    fn table(&self) -> MutexGuard<'_, Table<watch::Sender<bool>>> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, reason: Reason) {
        if let Some(count) = self.0.turned.get(reason.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A place for a connection from this address, if need be somebody else's, who is told.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Place> {
        let (signal, room) = watch::channel(false);
        let entered = self.table().enter(address.into(), signal);
        if let Some(reason) = entered.reason {
            self.count(reason);
        }
        if let Some(closed) = entered.closed {
            closed.send_replace(true);
        }
        entered.id.map(|id| Place { id, places: self.clone(), room })
    }

    /// Closes the stranger's connection that is needed least, because the process is out of files.
    pub(crate) fn shed(&self) {
        if let Some(closed) = self.table().shed() {
            self.count(Reason::Files);
            closed.send_replace(true);
        }
    }

    /// Admits the client with this [`Place::id`]: its place is no stranger's any more, and lasts until
    /// [`Places::remove`].
    ///
    /// # Errors
    /// [`Full`].
    pub fn admit(&self, id: u64) -> Result<(), Full> {
        self.table().admit(id)
    }

    /// Whether the client with this [`Place::id`] is admitted and still here.
    #[must_use]
    pub fn is_admitted(&self, id: u64) -> bool {
        self.table().is_admitted(id)
    }

    /// Frees the place of an admitted client.
    pub fn remove(&self, id: u64) {
        self.table().remove_admitted(id);
    }

    /// Connections of strangers now.
    #[must_use]
    pub fn strangers(&self) -> usize {
        self.table().strangers()
    }

    /// Connections of admitted clients now.
    #[must_use]
    pub fn admitted(&self) -> usize {
        self.table().admitted()
    }

    /// Connections that were closed or refused.
    #[must_use]
    pub fn turned(&self) -> Turned {
        let mut turned = Turned::default();
        for (sum, count) in turned.0.iter_mut().zip(&self.0.turned) {
            *sum = count.load(Ordering::Relaxed);
        }
        turned
    }
}

/// The place of a connection. Dropping it frees it, unless its client was admitted.
pub struct Place {
    id: u64,
    places: Places,
    room: watch::Receiver<bool>,
}

impl Place {
    /// Names the place among all since the start.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Waits until the connection has to end, to make room; never returns for a client that was admitted.
    pub async fn lost(&mut self) {
        if self.room.wait_for(|lost| *lost).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Counts a connection that is closed because its client took too long.
    pub fn late(&self) {
        self.places.count(Reason::Time);
    }

    /// Counts a connection that is closed because the process has too many files open.
    pub fn without_file(&self) {
        self.places.count(Reason::Files);
    }

    /// Whether its client is admitted.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.places.is_admitted(self.id)
    }

    /// Says when the connection is worked for.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker { id: self.id, places: self.places.clone() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.table().remove_stranger(self.id);
    }
}

/// Says when a connection is worked for: it keeps its place meanwhile.
#[derive(Clone)]
pub struct Worker {
    id: u64,
    places: Places,
}

impl Worker {
    /// Notes that so many bytes are kept for the connection until the answer is dropped: of a request that is read, or an
    /// answer that is sent. None if they are too many: the connections that have held bytes for longest make room, but
    /// those that are worked for.
    #[must_use]
    pub fn weigh(&self, bytes: usize) -> Option<Weight> {
        let (fits, closed) = self.places.table().weigh(self.id, bytes);
        for signal in closed {
            self.places.count(Reason::Bytes);
            signal.send_replace(true);
        }
        if !fits {
            self.places.count(Reason::Bytes);
        }
        fits.then(|| Weight { worker: self.clone(), bytes })
    }

    /// The connection is worked for until the answer is dropped. What a client can make last, like sending a request
    /// or reading an answer, is not work.
    #[must_use]
    pub fn begin(self) -> Work {
        self.places.table().work(self.id, true);
        Work(self)
    }
}

/// Work for a connection.
pub struct Work(Worker);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.places.table().work(self.0.id, false);
    }
}

/// Bytes that are kept for a connection.
pub struct Weight {
    worker: Worker,
    bytes: usize,
}

impl Drop for Weight {
    fn drop(&mut self) {
        self.worker.places.table().unweigh(self.worker.id, self.bytes);
    }
}
