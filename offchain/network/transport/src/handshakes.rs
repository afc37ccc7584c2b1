//! Handshakes that are not complete. Their number is bounded: when it is reached, the newest replaces the oldest, so a peer
//! that leaves many handshakes incomplete can't keep others out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

#[derive(Default)]
struct Open {
    next: u64,
    turns: BTreeMap<u64, oneshot::Sender<()>>,
}

/// All handshakes that are not complete.
#[derive(Clone)]
pub(crate) struct Handshakes {
    most: usize,
    open: Arc<Mutex<Open>>,
}

/// A handshake that is not complete; it ends when this is dropped.
pub(crate) struct Handshake {
    number: u64,
    all: Handshakes,
    over: oneshot::Receiver<()>,
}

impl Handshakes {
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(4), open: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there are so many that callers have to show that they can be answered at their address.
    pub(crate) fn are_many(&self) -> bool {
        self.open().turns.len() >= self.most / 4
    }

    /// Adds a handshake, and returns whether another one ended to make room for it.
    pub(crate) fn enter(&self) -> (Handshake, bool) {
        let mut open = self.open();
        let full = open.turns.len() >= self.most;
        if full {
            open.turns.pop_first();
        }
        let (number, (turn, over)) = (open.next, oneshot::channel());
        open.next += 1;
        open.turns.insert(number, turn);
        (Handshake { number, all: self.clone(), over }, full)
    }
}

impl Handshake {
    /// Runs a handshake unless it has to make room first.
    pub(crate) async fn run<T>(&mut self, handshake: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = handshake => Some(done),
            _ = &mut self.over => None,
        }
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        self.all.open().turns.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_makes_room_for_the_newest() {
        let handshakes = Handshakes::new(4);
        let mut turns: Vec<Handshake> = (0..4).map(|_| handshakes.enter().0).collect();
        let (mut newest, full) = handshakes.enter();
        assert!(full && handshakes.are_many());
        assert_eq!(turns.remove(0).run(std::future::pending::<()>()).await, None);
        for turn in turns.iter_mut().chain([&mut newest]) {
            assert_eq!(turn.run(async { 7 }).await, Some(7));
        }
        drop((turns, newest));
        assert!(!handshakes.are_many() && !handshakes.enter().1);
    }
}
