//! Handshakes that are not complete. Their number is bounded: when it is reached, the newest replaces the oldest of the address
//! that has most, so a host that leaves many handshakes incomplete loses its own, and can't keep others out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bithive_listener::Network;
use iroh::RelayUrl;
use iroh::endpoint::{Incoming, IncomingAddr};
use tokio::sync::oneshot;

/// Where a handshake comes from. Those of one origin make room for those of others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// An address that its caller has not proven: anybody may have written it.
    Unproven,
    Direct(Network),
    /// Identities cost nothing, so whoever comes by one relay counts together.
    Relay(RelayUrl),
    /// A transport that this version has none of.
    Other,
}

impl From<&Incoming> for Origin {
    fn from(incoming: &Incoming) -> Self {
        match incoming.remote_addr() {
            IncomingAddr::Relay { url, .. } => Self::Relay(url),
            _ if !incoming.remote_addr_validated() => Self::Unproven,
            IncomingAddr::Ip(address) => Self::Direct(address.ip().into()),
            _ => Self::Other,
        }
    }
}

#[derive(Default)]
struct Open {
    next: u64,
    /// By number, the oldest first: where it comes from, and what ends it when it is dropped.
    turns: BTreeMap<u64, (Origin, oneshot::Sender<()>)>,
}

impl Open {
    /// The oldest of the origin that has most; between origins that have as many, the oldest of all.
    fn least_needed(&self) -> Option<u64> {
        let mut of_origin: BTreeMap<&Origin, (usize, u64)> = BTreeMap::new();
        for (number, (origin, _)) in &self.turns {
            of_origin.entry(origin).or_insert((0, *number)).0 += 1;
        }
        let most = of_origin.into_values().max_by_key(|(count, oldest)| (*count, std::cmp::Reverse(*oldest)));
        most.map(|(_, oldest)| oldest)
    }
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
    pub(crate) fn enter(&self, origin: Origin) -> (Handshake, bool) {
        let mut open = self.open();
        let least = if open.turns.len() >= self.most { open.least_needed() } else { None };
        if let Some(number) = least {
            open.turns.remove(&number);
        }
        let (number, (turn, over)) = (open.next, oneshot::channel());
        open.next += 1;
        open.turns.insert(number, (origin, turn));
        (Handshake { number, all: self.clone(), over }, least.is_some())
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

    fn host(last: u8) -> Origin {
        Origin::Direct(Network::V4([192, 0, 2, last]))
    }

    async fn goes_on(turn: &mut Handshake) -> bool {
        turn.run(tokio::task::yield_now()).await.is_some()
    }

    #[tokio::test]
    async fn the_oldest_of_as_many_makes_room_for_the_newest() {
        let handshakes = Handshakes::new(4);
        let mut turns: Vec<Handshake> = (0..4).map(|last| handshakes.enter(host(last)).0).collect();
        let (newest, full) = handshakes.enter(host(4));
        assert!(full && handshakes.are_many());
        turns.push(newest);
        for (index, turn) in turns.iter_mut().enumerate() {
            assert_eq!(goes_on(turn).await, index != 0, "{index}");
        }
        drop(turns);
        assert!(!handshakes.are_many() && !handshakes.enter(host(5)).1);
    }

    #[tokio::test]
    async fn whoever_begins_many_loses_its_own() {
        let relay = Origin::Relay("https://relay.example.com".parse().unwrap());
        for many in [host(9), Origin::Unproven, relay] {
            let handshakes = Handshakes::new(8);
            let mut honest: Vec<Handshake> = (0..3).map(|last| handshakes.enter(host(last)).0).collect();
            let mut others: Vec<Handshake> = (0..100).map(|_| handshakes.enter(many.clone()).0).collect();
            let (mut last, full) = handshakes.enter(host(3));
            assert!(full && goes_on(&mut last).await);
            for turn in &mut honest {
                assert!(goes_on(turn).await, "{many:?}");
            }
            let mut left = 0;
            for turn in &mut others {
                left += usize::from(goes_on(turn).await);
            }
            assert_eq!(left, 4, "{many:?}");
        }
    }
}
