//! Memory for frames in transit, and which frames give it up when it is short.
//!
//! A frame takes the memory for all of it before its body moves, so that a frame that has begun can end. While
//! somebody waits, others give theirs up, frame by frame: peers who have more than who waits would have, and
//! frames that have not moved for long. The peer with the most goes first, and of its frames the one that has not
//! moved for longest.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bithive_exchange::PeerId;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// Bytes after which a frame counts as moving.
pub(crate) const QUANTUM: usize = 16 << 10;
/// How long a frame keeps its memory although others wait for it.
pub(crate) const GRACE_PERIOD: Duration = Duration::from_millis(500);
/// How often whoever waits looks for a frame to give way.
const LOOK: Duration = Duration::from_millis(50);
const UNIT: usize = 1024;

/// Memory for frames that are on their way.
#[derive(Clone)]
pub(crate) struct Budget(Arc<Shared>);

struct Shared {
    free: Arc<Semaphore>,
    /// How long a frame may not move while others wait; nobody gives anything up if there is none.
    patience: Option<Duration>,
    holders: Mutex<Vec<Arc<Holder>>>,
}

struct Holder {
    peer: PeerId,
    units: usize,
    moved: Mutex<Moved>,
    given_up: Notify,
}

struct Moved {
    begun: Instant,
    /// When it last moved as much as a [`QUANTUM`], and bytes since then.
    since: Instant,
    bytes: usize,
    /// The frame is whole, or was given up: it can't be made to give way.
    settled: bool,
}

impl Holder {
    fn moved(&self) -> MutexGuard<'_, Moved> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of the budget, given back when dropped.
pub(crate) struct Share {
    holder: Arc<Holder>,
    budget: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Budget {
    /// A budget of this many bytes, in which frames wait until others are done.
    #[must_use]
    pub(crate) fn new(bytes: usize) -> Self {
        Self::with(bytes, None)
    }

    /// A budget of this many bytes, in which frames that don't move for `patience` give way.
    #[must_use]
    pub(crate) fn contended(bytes: usize, patience: Duration) -> Self {
        Self::with(bytes, Some(patience))
    }

    fn with(bytes: usize, patience: Option<Duration>) -> Self {
        let free = Arc::new(Semaphore::new(bytes.div_ceil(UNIT)));
        Self(Arc::new(Shared { free, patience, holders: Mutex::default() }))
    }

    /// Takes this much for a frame of `peer`, once it is there.
    pub(crate) async fn take(&self, peer: PeerId, bytes: usize) -> io::Result<Share> {
        let units = bytes.div_ceil(UNIT);
        let many = u32::try_from(units).map_err(io::Error::other)?;
        let mut permit = std::pin::pin!(self.0.free.clone().acquire_many_owned(many));
        let permit = loop {
            match timeout(LOOK, permit.as_mut()).await {
                Ok(permit) => break permit.map_err(io::Error::other)?,
                Err(_) => self.0.make_room(peer, units),
            }
        };
        let now = Instant::now();
        let moved = Mutex::new(Moved { begun: now, since: now, bytes: 0, settled: false });
        let holder = Arc::new(Holder { peer, units, moved, given_up: Notify::new() });
        self.0.holders().push(holder.clone());
        Ok(Share { holder, budget: self.0.clone(), _permit: permit })
    }
}

impl Shared {
    fn holders(&self) -> MutexGuard<'_, Vec<Arc<Holder>>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has others give up as much as `peer` waits for.
    fn make_room(&self, peer: PeerId, units: usize) {
        let Some(patience) = self.patience else { return };
        let holders = self.holders();
        let mut held: HashMap<PeerId, usize> = HashMap::new();
        for holder in holders.iter() {
            *held.entry(holder.peer).or_default() += holder.units;
        }
        let held = |peer: &PeerId| held.get(peer).copied().unwrap_or_default();
        let enough = held(&peer) + units;
        let mut candidates: Vec<_> = holders
            .iter()
            .filter_map(|holder| {
                let (moved, has) = (holder.moved(), held(&holder.peer));
                let gives_way = moved.begun.elapsed() >= GRACE_PERIOD
                    && (has > enough && holder.peer != peer || moved.since.elapsed() >= patience);
                (gives_way && !moved.settled).then(|| (std::cmp::Reverse(has), moved.since, holder.clone()))
            })
            .collect();
        candidates.sort_by_key(|(has, since, _)| (*has, *since));
        let mut room = 0;
        for (.., holder) in candidates {
            if room >= units {
                return;
            }
            holder.moved().settled = true;
            holder.given_up.notify_one();
            room += holder.units;
        }
    }
}

impl Share {
    /// Notes that this many bytes moved.
    pub(crate) fn moved(&self, bytes: usize) {
        let mut moved = self.holder.moved();
        moved.bytes += bytes;
        if moved.bytes >= QUANTUM {
            moved.bytes = 0;
            moved.since = Instant::now();
        }
    }

    /// Notes that the frame is whole: it keeps its memory.
    pub(crate) fn settle(&self) {
        self.holder.moved().settled = true;
    }

    /// Runs what moves the frame, unless its memory is to be given up first.
    ///
    /// # Errors
    /// [`io::ErrorKind::ResourceBusy`], if it is.
    pub(crate) async fn hold<T>(&self, work: impl Future<Output = T>) -> io::Result<T> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.holder.given_up.notified() => Err(io::ErrorKind::ResourceBusy.into()),
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.holders().retain(|other| !Arc::ptr_eq(other, &self.holder));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);
    const ALICE: PeerId = PeerId([1; 32]);
    const BOB: PeerId = PeerId([2; 32]);
    const CAROL: PeerId = PeerId([3; 32]);
    const DAVE: PeerId = PeerId([4; 32]);

    async fn given_up(share: Share) -> bool {
        share.hold(tokio::time::sleep(10 * PATIENCE)).await.is_err()
    }

    async fn moving(share: Share) -> bool {
        let moving = async {
            for _ in 0..100 {
                tokio::time::sleep(PATIENCE / 10).await;
                share.moved(QUANTUM);
            }
        };
        share.hold(moving).await.is_err()
    }

    #[tokio::test(start_paused = true)]
    async fn a_frame_that_does_not_move_gives_way_and_one_that_does_or_is_whole_stays() {
        let budget = Budget::contended(3 << 10, PATIENCE);
        let slow = budget.take(ALICE, 1 << 10).await.unwrap();
        let quick = budget.take(BOB, 1 << 10).await.unwrap();
        let whole = budget.take(DAVE, 1 << 10).await.unwrap();
        whole.settle();
        let waiting = async { budget.take(CAROL, 1 << 10).await.map(drop).unwrap() };
        assert_eq!(tokio::join!(given_up(slow), moving(quick), waiting), (true, false, ()));
        drop(whole);
        assert!(budget.0.holders().is_empty());
        assert_eq!(budget.0.free.available_permits(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_more_gives_way_to_who_has_less_even_if_it_moves_and_no_further() {
        let budget = Budget::contended(4 << 10, Duration::MAX);
        let mut alice = Vec::new();
        for _ in 0..4 {
            alice.push(budget.take(ALICE, 1 << 10).await.unwrap());
        }
        let alice = futures::future::join_all(alice.into_iter().map(moving));
        let bob = async {
            let first = budget.take(BOB, 1 << 10).await.unwrap();
            let second = budget.take(BOB, 1 << 10).await.unwrap();
            // Each has two now.
            let third = timeout(PATIENCE, budget.take(BOB, 1 << 10)).await;
            (first, second, third.is_err())
        };
        let (alice, (.., third_waits)) = tokio::join!(alice, bob);
        assert_eq!(alice.iter().filter(|given_up| **given_up).count(), 2);
        assert!(third_waits);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_frame_that_nobody_waits_for_keeps_its_memory() {
        let budget = Budget::contended(4 << 10, PATIENCE);
        let slow = budget.take(ALICE, 3 << 10).await.unwrap();
        let other = async {
            for _ in 0..100 {
                tokio::time::sleep(GRACE_PERIOD).await;
                budget.take(BOB, 1 << 10).await.unwrap();
            }
        };
        slow.hold(other).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn where_everybody_waits_for_everybody_nobody_gives_way() {
        let budget = Budget::new(1 << 10);
        let slow = budget.take(ALICE, 1 << 10).await.unwrap();
        assert!(timeout(10 * PATIENCE, budget.take(BOB, 1 << 10)).await.is_err());
        assert!(!given_up(slow).await);
    }
}
