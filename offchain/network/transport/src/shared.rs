//! What the tasks of an endpoint share, and how they are run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bithive_exchange::{PeerId, Protocol, Service};
use iroh::address_lookup::memory::MemoryLookup;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::blobs::fetching::Fetching;
use crate::blobs::store::Store;
use crate::blobs::uplink::Uplink;
use crate::budget::Budget;
use crate::config::{Admission, Limits};
use crate::gossip::flood::Flood;
use crate::links::{Links, Opened};
use crate::log_limit::LogLimit;
use crate::mailbox::Mailbox;
use crate::workers::Workers;

/// Everything that tasks of an endpoint share.
pub(crate) struct Inner {
    pub(crate) id: PeerId,
    pub(crate) signing: ed25519_dalek::SigningKey,
    pub(crate) endpoint: iroh::Endpoint,
    pub(crate) limits: Limits,
    pub(crate) admission: Option<Admission>,
    pub(crate) links: Links,
    /// Takes the connections that this end opened, so that what the peer asks on them is answered.
    pub(crate) opened: mpsc::UnboundedSender<Opened>,
    /// Requests of everybody that are worked on.
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) incoming: Budget,
    pub(crate) outgoing: Budget,
    /// Bytes of answers to this end on their way in.
    pub(crate) responses: Budget,
    pub(crate) services: Mutex<HashMap<Protocol, Arc<dyn Service>>>,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) workers: Workers,
    pub(crate) store: Arc<Store>,
    pub(crate) uplink: Uplink,
    pub(crate) fetching: Fetching,
    pub(crate) gossip: OnceLock<Arc<Flood>>,
    pub(crate) tasks: Mutex<JoinSet<()>>,
    pub(crate) log_limit: LogLimit,
    pub(crate) book: MemoryLookup,
}

impl Inner {
    /// Who answers `protocol`.
    pub(crate) fn service(&self, protocol: Protocol) -> Option<Arc<dyn Service>> {
        self.services.lock().unwrap_or_else(PoisonError::into_inner).get(&protocol).cloned()
    }

    /// Runs a task until it ends or the endpoint stops.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(ended) = tasks.try_join_next() {
            report(ended);
        }
        tasks.spawn(task);
    }

    /// Stops every task, and returns them to be waited for.
    pub(crate) fn stop_tasks(&self) -> Option<JoinSet<()>> {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.abort_all();
        Some(tasks)
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a task of the transport failed");
    }
}

/// Runs work that waits for the disk on a thread where it blocks no other task.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}
