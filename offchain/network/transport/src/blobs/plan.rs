//! Which provider is asked for which segment.
//!
//! An origin, who has everything from the start, is asked by each receiver for another share of the segments, so that
//! it sends each about once; what a receiver lacks then comes from other receivers, the segments that fewest of them
//! have first. A receiver that gets nothing from them turns to the origin. At the end, a segment that is slow to come is
//! asked for at a second place.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use bithive_exchange::PeerId;

/// Content of fewer segments is not shared among receivers: waiting for each other would save nothing.
const SHARED_FROM: usize = 16;
/// Time without a segment from another receiver after which an origin is asked for any segment, where no other
/// provider has said that it is a receiver.
const STARVED: Duration = Duration::from_secs(1);
/// The same time where others have said that they are receivers. Then it is asked for one segment at a time, since
/// the others may be waiting for it as well.
const STARVED_AMONG_OTHERS: Duration = Duration::from_secs(15);
/// Least time that a segment counts to take when an origin's time is divided.
const PACE_AT_LEAST: Duration = Duration::from_millis(100);
/// Requests that an origin works on for all receivers together, if each has one.
const FOR_ALL: usize = 8;
/// A segment is asked for from a second provider once it takes this many times as long as others did ...
const LATE: u32 = 4;
/// ... and at least this long.
const LATE_AT_LEAST: Duration = Duration::from_secs(2);
/// Most segments that one choice looks at.
const WINDOW: usize = 2048;

/// What a provider has, as far as it has said.
struct Holdings {
    segments: Vec<bool>,
    /// It had everything when it was first asked.
    origin: bool,
}

/// A segment that has been asked for.
struct Asked {
    at: Instant,
    peers: Vec<PeerId>,
}

/// The segments of one fetch.
pub(crate) struct Plan {
    own: PeerId,
    missing: BTreeSet<u64>,
    asked: HashMap<u64, Asked>,
    holdings: HashMap<PeerId, Holdings>,
    /// How many other receivers have each segment.
    copies: Vec<u16>,
    /// Those who may be receivers: the fetcher, and providers that are no origins.
    receivers: BTreeSet<PeerId>,
    /// When a segment last came from another receiver.
    helped: Instant,
    /// When an origin was last asked for more than its share.
    extra: Instant,
    /// How long a segment takes, a moving average.
    pace: Duration,
    random: u64,
}

impl Plan {
    /// A plan for content of `segments` segments, of which some are missing; `providers` are all that there are.
    pub(crate) fn new(
        own: PeerId,
        providers: &[PeerId],
        segments: usize,
        missing: Vec<u64>,
        now: Instant,
    ) -> Self {
        let random = own.0.split_first_chunk().map_or(0, |(first, _)| u64::from_be_bytes(*first));
        Self {
            own,
            missing: missing.into_iter().collect(),
            asked: HashMap::new(),
            holdings: HashMap::new(),
            copies: vec![0; segments],
            receivers: providers.iter().copied().chain([own]).collect(),
            helped: now,
            extra: now,
            pace: Duration::ZERO,
            random: random | 1,
        }
    }

    /// Whether nothing is missing.
    pub(crate) fn is_done(&self) -> bool {
        self.missing.is_empty()
    }

    /// Whether `peer` had everything from the start, and is not a receiver like this one.
    pub(crate) fn is_origin(&self, peer: PeerId) -> bool {
        self.holdings.get(&peer).is_some_and(|holdings| holdings.origin)
    }

    /// Notes what `peer` has; true if there is something among it that is missing here and that it did not have
    /// before.
    pub(crate) fn learn(&mut self, peer: PeerId, segments: Vec<bool>) -> bool {
        let before = self.holdings.get(&peer);
        let origin = segments.iter().all(|held| *held) && before.is_none_or(|before| before.origin);
        let news = {
            let had = |index: usize| before.is_some_and(|before| before.segments.get(index) == Some(&true));
            self.missing.iter().any(|index| {
                usize::try_from(*index).is_ok_and(|index| segments.get(index) == Some(&true) && !had(index))
            })
        };
        self.forget(peer);
        if origin {
            self.receivers.remove(&peer);
        } else {
            count(&mut self.copies, &segments, |copies| copies.saturating_add(1));
        }
        self.holdings.insert(peer, Holdings { segments, origin });
        news
    }

    /// Forgets what `peer` has.
    pub(crate) fn forget(&mut self, peer: PeerId) {
        if let Some(Holdings { segments, origin: false }) = self.holdings.remove(&peer) {
            count(&mut self.copies, &segments, |copies| copies.saturating_sub(1));
        }
    }

    /// The segment to ask `peer` for now, if there is one; it counts as asked for.
    pub(crate) fn next(&mut self, peer: PeerId, now: Instant) -> Option<u64> {
        let chosen = if self.is_origin(peer) { self.of_origin(peer, now) } else { self.rarest(peer) };
        let chosen = chosen.or_else(|| self.late(peer, now))?;
        let asked = self.asked.entry(chosen).or_insert_with(|| Asked { at: now, peers: Vec::new() });
        asked.at = now;
        asked.peers.push(peer);
        Some(chosen)
    }

    /// A segment came from `peer`; false if it was here already.
    pub(crate) fn came(&mut self, peer: PeerId, index: u64, now: Instant) -> bool {
        if let Some(asked) = self.asked.remove(&index) {
            let took = now.saturating_duration_since(asked.at);
            self.pace = if self.pace.is_zero() { took } else { (self.pace * 7 + took) / 8 };
        }
        if !self.is_origin(peer) {
            self.helped = now;
        }
        self.missing.remove(&index)
    }

    /// A segment did not come from `peer`.
    pub(crate) fn missed(&mut self, peer: PeerId, index: u64) {
        if let Some(asked) = self.asked.get_mut(&index) {
            asked.peers.retain(|other| *other != peer);
            if asked.peers.is_empty() {
                self.asked.remove(&index);
            }
        }
    }

    /// `peer` does not have a segment that it said it has.
    pub(crate) fn lacks(&mut self, peer: PeerId, index: u64) {
        let Some(holdings) = self.holdings.get_mut(&peer) else { return };
        let Ok(place) = usize::try_from(index) else { return };
        if let Some(held) = holdings.segments.get_mut(place).filter(|held| **held) {
            *held = false;
            if !holdings.origin
                && let Some(copies) = self.copies.get_mut(place)
            {
                *copies = copies.saturating_sub(1);
            }
        }
    }

    /// A segment of this receiver's own share first. Segments beyond the share only at the pace at which the origin can
    /// send to all receivers, or when the other receivers have sent nothing for long.
    fn of_origin(&mut self, peer: PeerId, now: Instant) -> Option<u64> {
        let others = self.holdings.values().any(|holdings| !holdings.origin);
        let silence = now.saturating_duration_since(self.helped);
        let alone = self.receivers.len() < 2 || self.copies.len() < SHARED_FROM;
        if alone || !others && silence >= STARVED {
            return self.rarest(peer);
        }
        let under_way = self.asked.values().filter(|asked| asked.peers.contains(&peer)).count();
        if under_way >= (FOR_ALL / self.receivers.len().max(1)).max(1) {
            return None;
        }
        let own = self.own_share();
        let turn = self.pace.max(PACE_AT_LEAST) * u32::try_from(self.receivers.len()).unwrap_or(u32::MAX);
        let its_turn = now.saturating_duration_since(self.extra) >= turn;
        let starved = silence >= STARVED_AMONG_OTHERS && under_way == 0;
        if own.is_some() || !its_turn && !starved {
            return own;
        }
        self.extra = now;
        self.rarest(peer)
    }

    /// A segment of the share that falls to this receiver.
    fn own_share(&mut self) -> Option<u64> {
        let rank = self.receivers.iter().position(|receiver| *receiver == self.own)? as u64;
        let receivers = self.receivers.len() as u64;
        let own = |index: &&u64| **index % receivers == rank && !self.asked.contains_key(*index);
        self.missing.iter().find(own).copied()
    }

    /// Of what `peer` has and nobody has been asked for, the segment that fewest others have.
    fn rarest(&mut self, peer: PeerId) -> Option<u64> {
        let start = self.draw() % (self.copies.len() as u64).max(1);
        let holdings = self.holdings.get(&peer)?;
        let candidates = self.missing.range(start..).chain(self.missing.range(..start));
        let mut best: Option<(u16, u64)> = None;
        for index in candidates.take(WINDOW) {
            let Ok(place) = usize::try_from(*index) else { continue };
            if holdings.segments.get(place) != Some(&true) || self.asked.contains_key(index) {
                continue;
            }
            let copies = self.copies.get(place).copied().unwrap_or_default();
            if best.is_none_or(|(fewest, _)| copies < fewest) {
                best = Some((copies, *index));
            }
        }
        best.map(|(_, index)| index)
    }

    /// A segment that is late from elsewhere, once every missing one has been asked for.
    fn late(&self, peer: PeerId, now: Instant) -> Option<u64> {
        if self.asked.len() < self.missing.len() {
            return None;
        }
        let holdings = self.holdings.get(&peer)?;
        let patience = (self.pace * LATE).max(LATE_AT_LEAST);
        let late = |(index, asked): &(&u64, &Asked)| {
            let held =
                usize::try_from(**index).is_ok_and(|place| holdings.segments.get(place) == Some(&true));
            held && asked.peers.len() < 2
                && !asked.peers.contains(&peer)
                && now.saturating_duration_since(asked.at) >= patience
        };
        self.asked.iter().filter(late).min_by_key(|(_, asked)| asked.at).map(|(index, _)| *index)
    }

    /// A number that differs from receiver to receiver (xorshift).
    fn draw(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

fn count(copies: &mut [u16], segments: &[bool], change: impl Fn(u16) -> u16) {
    for (copies, _) in copies.iter_mut().zip(segments).filter(|(_, held)| **held) {
        *copies = change(*copies);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(seed: u8) -> PeerId {
        PeerId([seed; 32])
    }

    const SEGMENTS: usize = 60;

    /// The plan of receiver `own` of three; 9 is the origin.
    fn plan(own: u8, now: Instant) -> Plan {
        let providers: Vec<PeerId> = [9, 1, 2, 3].into_iter().filter(|id| *id != own).map(peer).collect();
        let missing = (0..SEGMENTS as u64).collect();
        let mut plan = Plan::new(peer(own), &providers, SEGMENTS, missing, now);
        assert!(plan.learn(peer(9), vec![true; SEGMENTS]));
        plan
    }

    fn all(plan: &mut Plan, from: PeerId, now: Instant) -> Vec<u64> {
        std::iter::from_fn(|| plan.next(from, now)).collect()
    }

    /// What is asked of `from` when everything comes at once.
    fn all_that_come(plan: &mut Plan, from: PeerId, now: Instant) -> Vec<u64> {
        let mut asked = Vec::new();
        while let Some(index) = plan.next(from, now) {
            assert!(plan.came(from, index, now));
            asked.push(index);
        }
        asked
    }

    #[test]
    fn receivers_ask_an_origin_for_parts_that_do_not_overlap() {
        let now = Instant::now();
        let share = |own| all_that_come(&mut plan(own, now), peer(9), now);
        let mut asked: Vec<u64> = (1..=3).flat_map(share).collect();
        asked.sort_unstable();
        assert_eq!(asked, (0..SEGMENTS as u64).collect::<Vec<_>>());
    }

    #[test]
    fn a_receiver_whom_nobody_helps_asks_the_origin_for_all_of_it() {
        let now = Instant::now();
        let mut plan = plan(1, now);
        let own = all_that_come(&mut plan, peer(9), now).len();
        assert_eq!(own, SEGMENTS / 3);
        assert_eq!(all(&mut plan, peer(9), now + STARVED).len(), SEGMENTS - own);
    }

    #[test]
    fn an_origin_is_not_asked_for_the_whole_share_at_a_time() {
        let now = Instant::now();
        assert_eq!(all(&mut plan(1, now), peer(9), now).len(), FOR_ALL / 3);
    }

    #[test]
    fn receivers_that_help_nothing_cost_a_wait_and_leave_a_fair_part_of_the_origin() {
        let now = Instant::now();
        let mut plan = plan(1, now);
        plan.learn(peer(2), vec![false; SEGMENTS]);
        let own = all_that_come(&mut plan, peer(9), now).len();
        assert_eq!(own, SEGMENTS / 3);
        let turn = PACE_AT_LEAST * 3;
        assert_eq!(all_that_come(&mut plan, peer(9), now + turn).len(), 1);
        assert_eq!(all_that_come(&mut plan, peer(9), now + turn).len(), 0);
        assert_eq!(all_that_come(&mut plan, peer(9), now + 2 * turn).len(), 1);
        // Then one at a time.
        let late = now + STARVED_AMONG_OTHERS;
        assert_eq!(all(&mut plan, peer(9), late).len(), 1);
        plan.asked.clear();
        assert_eq!(all_that_come(&mut plan, peer(9), late).len(), SEGMENTS - own - 2);
    }

    #[test]
    fn a_single_receiver_and_small_content_wait_for_nobody() {
        let now = Instant::now();
        let mut alone = Plan::new(peer(1), &[peer(9)], SEGMENTS, (0..SEGMENTS as u64).collect(), now);
        alone.learn(peer(9), vec![true; SEGMENTS]);
        assert_eq!(all(&mut alone, peer(9), now).len(), SEGMENTS);
        let mut small = Plan::new(peer(1), &[peer(9), peer(2)], 8, (0..8).collect(), now);
        small.learn(peer(9), vec![true; 8]);
        assert_eq!(all(&mut small, peer(9), now).len(), 8);
    }

    #[test]
    fn another_receiver_is_asked_for_what_it_has_and_the_rarest_of_it_first() {
        let now = Instant::now();
        let mut plan = plan(1, now);
        let held = |indices: &[usize]| {
            let mut segments = vec![false; SEGMENTS];
            indices.iter().for_each(|index| segments[*index] = true);
            segments
        };
        assert!(plan.learn(peer(2), held(&[4, 5, 6])));
        assert!(plan.learn(peer(3), held(&[4, 5])));
        assert!(!plan.learn(peer(3), held(&[4, 5])));
        assert_eq!(plan.next(peer(2), now), Some(6));
        let mut rest = all(&mut plan, peer(2), now);
        rest.sort_unstable();
        assert_eq!(rest, [4, 5]);
        assert_eq!(plan.next(peer(3), now), None);
        // What it turns out to lack is asked for elsewhere.
        plan.lacks(peer(2), 4);
        plan.missed(peer(2), 4);
        assert_eq!((plan.next(peer(2), now), plan.next(peer(3), now)), (None, Some(4)));
        plan.forget(peer(2));
        plan.forget(peer(3));
        assert!(plan.copies.iter().all(|copies| *copies == 0));
    }

    #[test]
    fn what_is_late_is_asked_for_at_a_second_place_once_nothing_else_is_left() {
        let now = Instant::now();
        let mut plan = Plan::new(peer(1), &[peer(8), peer(9)], SEGMENTS, vec![3, 4], now);
        plan.learn(peer(8), vec![true; SEGMENTS]);
        plan.learn(peer(9), vec![true; SEGMENTS]);
        let first = plan.next(peer(8), now).unwrap();
        let later = now + LATE_AT_LEAST;
        let second = plan.next(peer(9), later).unwrap();
        assert_ne!(first, second);
        assert_eq!(plan.next(peer(8), later), None);
        assert_eq!(plan.next(peer(9), later), Some(first));
        // Both have been asked: nobody else is.
        assert_eq!(plan.next(peer(9), later + LATE_AT_LEAST), None);
        assert!(plan.came(peer(9), first, later) && !plan.came(peer(8), first, later));
        assert!(plan.came(peer(9), second, later) && plan.is_done());
    }

    #[test]
    fn a_receiver_that_has_everything_by_now_is_asked_for_all_of_it() {
        let now = Instant::now();
        let mut plan = plan(1, now);
        plan.learn(peer(2), vec![false; SEGMENTS]);
        plan.learn(peer(2), vec![true; SEGMENTS]);
        assert!(!plan.is_origin(peer(2)));
        assert_eq!(all(&mut plan, peer(2), now).len(), SEGMENTS);
    }

    #[test]
    fn a_segment_that_did_not_come_is_asked_for_again() {
        let now = Instant::now();
        let mut plan = Plan::new(peer(1), &[peer(9)], 2, vec![0], now);
        plan.learn(peer(9), vec![true, true]);
        assert_eq!((plan.next(peer(9), now), plan.next(peer(9), now)), (Some(0), None));
        plan.missed(peer(9), 0);
        assert_eq!(plan.next(peer(9), now), Some(0));
    }
}
