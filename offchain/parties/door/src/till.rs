//! What flows owe: what was served and the chain has not credited yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bithive_api::flows::{FlowResponse, SignedVoucher};
use bithive_x402::{Book, Signature};

use crate::limits::{MOST_FLOWS, MOST_MISSING, REREAD};
use crate::reading::ends_soon;

/// A flow that requests use, or that owes.
pub(crate) struct Entry {
    seen: Mutex<Seen>,
    /// One request of a flow at a time, from the look at its book to the row on disk. None until it is read from disk.
    pub(crate) turn: tokio::sync::Mutex<Option<Option<Book>>>,
}

struct Seen {
    flow: FlowResponse,
    read: Instant,
    used: Instant,
}

impl Entry {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The flow as it was read last, and when.
    pub(crate) fn flow(&self) -> (FlowResponse, Instant) {
        let mut seen = self.seen();
        seen.used = Instant::now();
        (seen.flow.clone(), seen.read)
    }
}

/// The newest voucher of a flow, and what the chain has credited of it, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    charged: u128,
    signature: Signature,
    paid: u128,
}

impl Standing {
    const fn exposure(&self) -> u128 {
        self.charged.saturating_sub(self.paid)
    }
}

impl From<&Book> for Standing {
    fn from(book: &Book) -> Self {
        Self { charged: book.charged.0, signature: book.signature, paid: book.paid.0 }
    }
}

#[derive(Default)]
struct Sums {
    entries: HashMap<u64, Arc<Entry>>,
    /// Of flows that owe.
    standings: HashMap<u64, Standing>,
    /// Numbers of flows that are not there, and when that was read.
    missing: HashMap<u64, Instant>,
    exposed: u128,
    reserved: u128,
}

impl Sums {
    /// Takes over what a flow owes now.
    fn set(&mut self, flow: u64, standing: Standing) {
        let before = self.standings.get(&flow).map_or(0, Standing::exposure);
        let after = standing.exposure();
        self.exposed = self.exposed.saturating_sub(before).saturating_add(after);
        if after == 0 {
            self.standings.remove(&flow);
        } else {
            self.standings.insert(flow, standing);
        }
    }
}

/// All flows of a door, and the sum of what they owe.
pub(crate) struct Till {
    sums: Mutex<Sums>,
    /// Most that all flows together may owe, in base units.
    most: u128,
}

/// A part of what flows may owe, for a request that is worked on; given back when dropped.
pub(crate) struct Reserved<'a> {
    till: &'a Till,
    price: u128,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let mut sums = self.till.sums();
        sums.reserved = sums.reserved.saturating_sub(self.price);
    }
}

impl Reserved<'_> {
    /// The request's row is on disk: the flow owes for it now.
    pub(crate) fn owed(mut self, flow: u64, book: &Book) {
        let mut sums = self.till.sums();
        sums.reserved = sums.reserved.saturating_sub(self.price);
        // Something may have been redeemed while the request was worked on.
        let seen = sums.entries.get(&flow).map_or(0, |entry| entry.seen().flow.paid.u128());
        let standing = Standing::from(book);
        sums.set(flow, Standing { paid: standing.paid.max(seen), ..standing });
        drop(sums);
        self.price = 0;
    }
}

impl Till {
    pub(crate) fn new(most: u128) -> Self {
        Self { sums: Mutex::default(), most }
    }

    fn sums(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A flow that is known, and whether it has to be read again.
    pub(crate) fn known(&self, flow: u64) -> Option<(Arc<Entry>, bool)> {
        let entry = self.sums().entries.get(&flow).cloned()?;
        let (_, read) = entry.flow();
        Some((entry, read.elapsed() > REREAD))
    }

    /// Whether the chain was asked for a flow of this number a moment ago, and had none.
    pub(crate) fn is_missing(&self, flow: u64) -> bool {
        self.sums().missing.get(&flow).is_some_and(|read| read.elapsed() <= REREAD)
    }

    /// The chain has no flow of this number (any more). What it owed is lost, and answered.
    pub(crate) fn gone(&self, flow: u64) -> u128 {
        let mut sums = self.sums();
        if sums.missing.len() >= MOST_MISSING {
            sums.missing.clear();
        }
        sums.missing.insert(flow, Instant::now());
        sums.entries.remove(&flow);
        let lost = sums.standings.remove(&flow).map_or(0, |standing| standing.exposure());
        sums.exposed = sums.exposed.saturating_sub(lost);
        lost
    }

    /// A flow may be there since: the chain has said so.
    pub(crate) fn appeared(&self, flow: u64) {
        self.sums().missing.remove(&flow);
    }

    /// The chain has this flow. None when there is no place for a further one.
    pub(crate) fn read(&self, flow: FlowResponse) -> Option<Arc<Entry>> {
        let (id, now, paid) = (flow.id, Instant::now(), flow.paid.u128());
        let mut sums = self.sums();
        if let Some(standing) = sums.standings.get(&id).copied() {
            // A node that is behind says less than what was credited before.
            sums.set(id, Standing { paid: standing.paid.max(paid), ..standing });
        }
        if let Some(entry) = sums.entries.get(&id) {
            let mut seen = entry.seen();
            // Neither does a deposit shrink, nor a flow that closes open again.
            let closing = seen.flow.closing || flow.closing;
            let ends = if closing { seen.flow.ends.min(flow.ends) } else { flow.ends };
            let paid = seen.flow.paid.max(flow.paid);
            seen.flow = FlowResponse { closing, ends, paid, ..flow };
            seen.read = now;
            drop(seen);
            return Some(entry.clone());
        }
        if sums.entries.len() >= MOST_FLOWS {
            let idle = |(id, entry): &(&u64, &Arc<Entry>)| {
                Arc::strong_count(entry) == 1 && !sums.standings.contains_key(*id)
            };
            let oldest = sums.entries.iter().filter(idle).min_by_key(|(_, entry)| entry.seen().used);
            let oldest = oldest.map(|(id, _)| *id)?;
            sums.entries.remove(&oldest);
        }
        let seen = Mutex::new(Seen { flow, read: now, used: now });
        let entry = Arc::new(Entry { seen, turn: tokio::sync::Mutex::new(None) });
        sums.entries.insert(id, entry.clone());
        Some(entry)
    }

    /// What a flow owes by its book, after a start.
    pub(crate) fn recall(&self, flow: u64, book: &Book) {
        self.sums().set(flow, book.into());
    }

    /// Room for one more price in what flows may owe; none when there is not enough.
    pub(crate) fn reserve(&self, price: u128) -> Option<Reserved<'_>> {
        let mut sums = self.sums();
        let after = sums.exposed.saturating_add(sums.reserved).saturating_add(price);
        if after > self.most {
            return None;
        }
        sums.reserved = sums.reserved.saturating_add(price);
        drop(sums);
        Some(Reserved { till: self, price })
    }

    /// What all flows owe, in base units.
    pub(crate) fn exposed(&self) -> u128 {
        self.sums().exposed
    }

    /// Whether so much is owed that vouchers are to be redeemed: half of what may be.
    pub(crate) fn is_half_full(&self) -> bool {
        self.exposed() >= self.most.div_ceil(2)
    }

    /// Flows that owe, and flows that are known.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let sums = self.sums();
        (sums.standings.len(), sums.entries.len())
    }

    /// Whether a flow is known or owes.
    pub(crate) fn has(&self, flow: u64) -> bool {
        let sums = self.sums();
        sums.entries.contains_key(&flow) || sums.standings.contains_key(&flow)
    }

    /// Numbers of all flows that are known or owe.
    pub(crate) fn all(&self) -> Vec<u64> {
        let sums = self.sums();
        let mut all: Vec<u64> = sums.entries.keys().chain(sums.standings.keys()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The newest vouchers of at most `most` flows that owe: of those that end soon, or of all when `every`; the largest amounts first.
    pub(crate) fn due(&self, now: u64, every: bool, most: usize) -> Vec<SignedVoucher> {
        let sums = self.sums();
        let ends = |id: &u64| sums.entries.get(id).is_some_and(|entry| ends_soon(&entry.seen().flow, now));
        let mut due: Vec<(bool, u128, u64)> = sums
            .standings
            .iter()
            .map(|(id, standing)| (ends(id), standing.exposure(), *id))
            .filter(|(ends, _, _)| *ends || every)
            .collect();
        due.sort_unstable_by(|one, other| other.cmp(one));
        let voucher = |(_, _, id): &(bool, u128, u64)| {
            let standing = sums.standings.get(id)?;
            let signature = standing.signature.0.to_vec().into();
            Some(SignedVoucher { id: *id, cumulative: standing.charged.into(), signature })
        };
        due.iter().take(most).filter_map(voucher).collect()
    }
}
