//! Which peers a task delivers messages to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bithive_exchange::PeerId;
use tokio::sync::Notify;

/// Tasks that deliver, by addressee: one each at most.
#[derive(Default)]
pub(crate) struct Workers(Mutex<HashMap<PeerId, Arc<Notify>>>);

impl Workers {
    fn tasks(&self) -> MutexGuard<'_, HashMap<PeerId, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the task that delivers to `peer`. If there is none, records one and returns what wakes it: the caller
    /// runs it.
    pub(crate) fn enlist(&self, peer: PeerId) -> Option<Arc<Notify>> {
        let mut tasks = self.tasks();
        if let Some(woken) = tasks.get(&peer) {
            woken.notify_one();
            return None;
        }
        let woken = Arc::new(Notify::new());
        tasks.insert(peer, woken.clone());
        Some(woken)
    }

    /// Wakes the task that delivers to `peer`, if there is one: the peer may have become reachable.
    pub(crate) fn wake(&self, peer: PeerId) {
        if let Some(woken) = self.tasks().get(&peer) {
            woken.notify_one();
        }
    }

    /// Forgets the task that delivers to `peer` if it is `done`, and returns whether it did. No task can be enlisted
    /// meanwhile, so that no message is left without one.
    pub(crate) fn dismiss(&self, peer: PeerId, done: impl FnOnce() -> bool) -> bool {
        let mut tasks = self.tasks();
        let done = done();
        if done {
            tasks.remove(&peer);
        }
        done
    }
}
