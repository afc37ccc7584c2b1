//! The book and its records together: a change is on disk before anybody learns of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::book::Book;
use crate::duty::Aggregate;
use crate::report::{Report, Status, Watch};
use crate::store::{Store, StoreError};

/// A relayer's outbox; clones share it.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

struct Shared {
    book: Mutex<Book>,
    store: Store,
    arrived: Notify,
    watch: Arc<dyn Watch>,
}

impl Outbox {
    pub(crate) fn new(book: Book, store: Store, watch: Arc<dyn Watch>) -> Self {
        Self(Arc::new(Shared { book: Mutex::new(book), store, arrived: Notify::new(), watch }))
    }

    /// Takes a quorum's signature, which the caller has verified; it is on disk on return. Returns whether it is new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hand_in(&self, aggregate: Aggregate) -> Result<bool, StoreError> {
        let report = Report::HandedIn { job: aggregate.job, round: aggregate.round };
        let new = self.write(|book| book.hand_in(aggregate))?;
        if new {
            self.report(&report);
            self.0.arrived.notify_one();
        }
        Ok(new)
    }

    /// State of the relayer.
    #[must_use]
    pub fn status(&self) -> Status {
        self.read(Status::of)
    }

    /// Reads the book.
    pub fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the book, and writes down what changed.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Book) -> T) -> Result<T, StoreError> {
        let mut book = self.lock();
        let value = change(&mut book);
        self.0.store.commit(&mut book)?;
        Ok(value)
    }

    /// Resolves once something was handed in.
    pub(crate) async fn arrived(&self) {
        self.0.arrived.notified().await;
    }

    pub(crate) fn report(&self, report: &Report) {
        self.0.watch.report(report);
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
