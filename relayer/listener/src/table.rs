//! Who has a place, and who makes room. It knows neither sockets nor a clock.

use std::collections::{BTreeMap, HashMap};

use crate::network::Network;

/// Most connections of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of strangers, together. A place that is needed costs one look at each of these.
    pub strangers: usize,
    /// Of strangers of one address: an IPv4 address, or the /64 of an IPv6 address.
    pub strangers_of_address: usize,
    /// Of clients that are admitted, together. Strangers never take these places.
    pub admitted: usize,
    /// Of admitted clients of one address.
    pub admitted_of_address: usize,
    /// Bytes that are kept for strangers, together, as far as the server tells of them
    /// ([`Worker::weigh`](crate::Worker::weigh)).
    pub bytes: usize,
}

/// Why a connection was closed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its address has too many.
    Address,
    /// There are too many in all.
    Total,
    /// The process has too many files open.
    Files,
    /// Too many bytes are kept for all.
    Bytes,
    /// Its client took too long.
    Time,
}

impl Reason {
    /// All reasons, in the order of the variants.
    pub const ALL: [Self; 5] = [Self::Address, Self::Total, Self::Files, Self::Bytes, Self::Time];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Total => "total",
            Self::Files => "files",
            Self::Bytes => "bytes",
            Self::Time => "time",
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Address => 0,
            Self::Total => 1,
            Self::Files => 2,
            Self::Bytes => 3,
            Self::Time => 4,
        }
    }
}

/// A client can't be admitted: there are too many of its address, or in all; or it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// A stranger's place. `S` is how its connection is told to end.
struct Stranger<S> {
    network: Network,
    /// Turn of the last use.
    used: u64,
    /// Being worked for, so that it does not make room.
    busy: bool,
    /// Kept for it.
    bytes: usize,
    signal: S,
}

/// What became of a newcomer.
pub(crate) struct Entered<S> {
    /// Its place; none if nobody could make room.
    pub(crate) id: Option<u64>,
    /// Who made room for it.
    pub(crate) closed: Option<S>,
    /// Why somebody had to make room, or the newcomer was refused.
    pub(crate) reason: Option<Reason>,
}

pub(crate) struct Table<S> {
    limits: Limits,
    turn: u64,
    bytes: usize,
    strangers: BTreeMap<u64, Stranger<S>>,
    admitted: BTreeMap<u64, Network>,
    strangers_of: HashMap<Network, usize>,
    admitted_of: HashMap<Network, usize>,
}

impl<S> Table<S> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            turn: 0,
            bytes: 0,
            strangers: BTreeMap::new(),
            admitted: BTreeMap::new(),
            strangers_of: HashMap::new(),
            admitted_of: HashMap::new(),
        }
    }

    pub(crate) fn strangers(&self) -> usize {
        self.strangers.len()
    }

    pub(crate) fn admitted(&self) -> usize {
        self.admitted.len()
    }

    pub(crate) fn is_admitted(&self, id: u64) -> bool {
        self.admitted.contains_key(&id)
    }

    fn next_turn(&mut self) -> u64 {
        self.turn = self.turn.wrapping_add(1);
        self.turn
    }

    /// Gives a newcomer a place, if need be that of somebody else.
    pub(crate) fn enter(&mut self, network: Network, signal: S) -> Entered<S> {
        let of_address = self.strangers_of.get(&network).copied().unwrap_or(0);
        let (reason, candidate) = if of_address >= self.limits.strangers_of_address {
            (Some(Reason::Address), self.least_needed(Some(network)))
        } else if self.strangers.len() >= self.limits.strangers {
            (Some(Reason::Total), self.least_needed(None))
        } else {
            (None, None)
        };
        if reason.is_some() && candidate.is_none() {
            return Entered { id: None, closed: None, reason };
        }
        let closed = candidate.and_then(|id| self.remove_stranger(id));
        let id = self.next_turn();
        add(&mut self.strangers_of, network);
        self.strangers.insert(id, Stranger { network, used: id, busy: false, bytes: 0, signal });
        Entered { id: Some(id), closed, reason }
    }

    /// The idle stranger that was used least recently, of the address that has most.
    fn least_needed(&self, network: Option<Network>) -> Option<u64> {
        let count = |network| self.strangers_of.get(&network).copied().unwrap_or(0);
        let idle = self.strangers.iter().filter(|(_, stranger)| !stranger.busy);
        let own = idle.filter(|(_, stranger)| network.is_none_or(|network| stranger.network == network));
        let order = |stranger: &Stranger<S>| (std::cmp::Reverse(count(stranger.network)), stranger.used);
        own.min_by_key(|(_, stranger)| order(stranger)).map(|(id, _)| *id)
    }

    /// Takes the place of the stranger that is needed least, without giving it to anybody.
    pub(crate) fn shed(&mut self) -> Option<S> {
        let id = self.least_needed(None)?;
        self.remove_stranger(id)
    }

    /// Notes that a stranger's connection is worked for, or not any more.
    pub(crate) fn work(&mut self, id: u64, busy: bool) {
        let turn = self.next_turn();
        if let Some(stranger) = self.strangers.get_mut(&id) {
            stranger.busy = busy;
            stranger.used = turn;
        }
    }

    /// Notes bytes that are kept for a stranger, and whether there is room for them. Whoever is idle, and was used least
    /// recently, makes room.
    pub(crate) fn weigh(&mut self, id: u64, bytes: usize) -> (bool, Vec<S>) {
        let mut closed = vec![];
        while self.bytes.saturating_add(bytes) > self.limits.bytes {
            let others = self.strangers.iter().filter(|(other, stranger)| **other != id && !stranger.busy);
            let holders = others.filter(|(_, stranger)| stranger.bytes > 0);
            let oldest = holders.min_by_key(|(_, stranger)| stranger.used).map(|(id, _)| *id);
            let Some(signal) = oldest.and_then(|id| self.remove_stranger(id)) else {
                return (false, closed);
            };
            closed.push(signal);
        }
        let Some(stranger) = self.strangers.get_mut(&id) else { return (false, closed) };
        stranger.bytes = stranger.bytes.saturating_add(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        (true, closed)
    }

    /// Notes that bytes are not kept any more. Those of a stranger that is gone are not counted already.
    pub(crate) fn unweigh(&mut self, id: u64, bytes: usize) {
        if let Some(stranger) = self.strangers.get_mut(&id) {
            stranger.bytes = stranger.bytes.saturating_sub(bytes);
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// Gives a stranger one of the places of admitted clients.
    pub(crate) fn admit(&mut self, id: u64) -> Result<(), Full> {
        let network = self.strangers.get(&id).ok_or(Full)?.network;
        let of_address = self.admitted_of.get(&network).copied().unwrap_or(0);
        if self.admitted.len() >= self.limits.admitted || of_address >= self.limits.admitted_of_address {
            return Err(Full);
        }
        self.remove_stranger(id);
        add(&mut self.admitted_of, network);
        self.admitted.insert(id, network);
        Ok(())
    }

    pub(crate) fn remove_stranger(&mut self, id: u64) -> Option<S> {
        let stranger = self.strangers.remove(&id)?;
        subtract(&mut self.strangers_of, stranger.network);
        self.bytes = self.bytes.saturating_sub(stranger.bytes);
        Some(stranger.signal)
    }

    pub(crate) fn remove_admitted(&mut self, id: u64) {
        if let Some(network) = self.admitted.remove(&id) {
            subtract(&mut self.admitted_of, network);
        }
    }
}

fn add(counts: &mut HashMap<Network, usize>, network: Network) {
    let count = counts.entry(network).or_default();
    *count = count.saturating_add(1);
}

/// An address that has none is forgotten, so that the map does not grow.
fn subtract(counts: &mut HashMap<Network, usize>, network: Network) {
    if let Some(count) = counts.get_mut(&network) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&network);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { strangers: 4, strangers_of_address: 3, admitted: 3, admitted_of_address: 2, bytes: 10 };

    fn network(number: u8) -> Network {
        Network::V4([192, 0, 2, number])
    }

    /// Lets strangers in, one of each address that is named; their signals are the addresses.
    fn table(addresses: &[u8]) -> (Table<u8>, Vec<u64>) {
        let mut table = Table::new(LIMITS);
        let ids = addresses.iter().map(|number| table.enter(network(*number), *number).id.unwrap()).collect();
        (table, ids)
    }

    fn enter(table: &mut Table<u8>, number: u8) -> (bool, Option<u8>, Option<Reason>) {
        let entered = table.enter(network(number), number);
        (entered.id.is_some(), entered.closed, entered.reason)
    }

    #[test]
    fn the_address_with_most_connections_makes_room() {
        let (mut table, ids) = table(&[1, 2, 2, 3]);
        assert_eq!(enter(&mut table, 4), (true, Some(2), Some(Reason::Total)));
        assert!(
            !table.strangers.contains_key(&ids[1]) && table.strangers.contains_key(&ids[2]),
            "its oldest"
        );
        assert_eq!(table.strangers(), 4);
        // All have one now: whoever was used least recently.
        table.work(ids[0], true);
        table.work(ids[0], false);
        assert_eq!(enter(&mut table, 5), (true, Some(2), Some(Reason::Total)));
        assert_eq!(enter(&mut table, 6), (true, Some(3), Some(Reason::Total)));
        assert_eq!(enter(&mut table, 7), (true, Some(4), Some(Reason::Total)));
        assert_eq!(enter(&mut table, 8), (true, Some(1), Some(Reason::Total)));
    }

    #[test]
    fn an_address_beyond_its_share_replaces_its_own() {
        let (mut table, ids) = table(&[1, 2, 2, 2]);
        assert_eq!(enter(&mut table, 2), (true, Some(2), Some(Reason::Address)));
        assert!(table.strangers.contains_key(&ids[0]), "not that of another address, though it is older");
        table.remove_stranger(ids[0]);
        assert_eq!(
            enter(&mut table, 2),
            (true, Some(2), Some(Reason::Address)),
            "room elsewhere does not help"
        );
    }

    #[test]
    fn one_that_is_worked_for_stays_and_without_an_idle_one_the_newcomer_is_refused() {
        let (mut table, ids) = table(&[1, 1, 1, 2]);
        ids.iter().for_each(|id| table.work(*id, true));
        assert_eq!(enter(&mut table, 3), (false, None, Some(Reason::Total)));
        assert_eq!(enter(&mut table, 1), (false, None, Some(Reason::Address)));
        table.work(ids[3], false);
        assert_eq!(enter(&mut table, 3), (true, Some(2), Some(Reason::Total)));
        assert_eq!(table.strangers(), 4);
    }

    #[test]
    fn admitted_clients_and_strangers_do_not_take_each_others_places() {
        let (mut table, ids) = table(&[1, 1, 2, 3]);
        for id in &ids[..3] {
            table.admit(*id).unwrap();
        }
        assert_eq!((table.strangers(), table.admitted()), (1, 3));
        for number in 10..60 {
            assert!(enter(&mut table, number).0);
        }
        assert_eq!((table.strangers(), table.admitted()), (4, 3));
        assert!(ids[..3].iter().all(|id| table.is_admitted(*id)));
        // No place is left among the admitted ones; the stranger keeps its own.
        let stranger = *table.strangers.keys().next().unwrap();
        assert_eq!((table.admit(stranger), table.strangers()), (Err(Full), 4));
        table.remove_admitted(ids[0]);
        assert_eq!((table.admit(stranger), table.strangers()), (Ok(()), 3));
    }

    #[test]
    fn an_address_has_a_share_of_the_admitted_places_too() {
        let (mut table, ids) = table(&[1, 1, 1]);
        let admitted: Vec<_> = ids.iter().map(|id| table.admit(*id)).collect();
        assert_eq!(admitted, [Ok(()), Ok(()), Err(Full)]);
        assert_eq!(table.admit(99), Err(Full), "one that is gone");
    }

    #[test]
    fn nothing_is_kept_of_whoever_is_gone() {
        let (mut table, ids) = table(&[1, 1, 2, 3]);
        table.admit(ids[0]).unwrap();
        table.remove_admitted(ids[0]);
        for id in &ids[1..] {
            assert!(table.remove_stranger(*id).is_some());
        }
        assert!(table.strangers_of.is_empty() && table.admitted_of.is_empty());
        assert_eq!((table.strangers(), table.admitted(), table.shed()), (0, 0, None));
    }

    #[test]
    fn whoever_holds_bytes_for_longest_makes_room_for_those_of_others() {
        let (mut table, ids) = table(&[1, 2, 3, 4]);
        assert_eq!(table.weigh(ids[1], 6), (true, vec![]));
        assert_eq!(table.weigh(ids[2], 4), (true, vec![]));
        assert_eq!(table.weigh(ids[3], 1), (true, vec![2]), "the first one holds nothing");
        table.work(ids[2], true);
        assert_eq!(table.weigh(ids[0], 9), (false, vec![4]), "one that is worked for stays");
        assert_eq!(table.weigh(ids[0], 6), (true, vec![]));
        assert_eq!(table.weigh(ids[0], 1), (false, vec![]), "nobody makes room for itself");
        table.unweigh(ids[0], 6);
        table.unweigh(ids[1], 6);
        assert_eq!(table.bytes, 4, "those of whoever is gone are counted once");
        assert_eq!(table.weigh(ids[0], 11), (false, vec![]), "more than all may have");
        assert_eq!(table.weigh(ids[1], 1), (false, vec![]), "one that is gone");
        table.remove_stranger(ids[2]);
        assert_eq!(table.bytes, 0);
    }

    #[test]
    fn without_files_the_stranger_that_is_needed_least_goes() {
        let (mut table, _) = table(&[1, 2, 2]);
        assert_eq!(
            (table.shed(), table.shed(), table.shed(), table.shed()),
            (Some(2), Some(1), Some(2), None)
        );
    }
}
