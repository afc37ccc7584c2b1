//! What is known of broadcasts: which were seen, which are on their way, and how much each origin has left.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use bithive_exchange::{Digest, PeerId};

use super::message::Broadcast;

/// How old a broadcast may be.
pub const WINDOW: Duration = Duration::from_secs(600);
/// How far in the future its time may be: clocks differ.
pub const SKEW: Duration = Duration::from_secs(60);
/// Most broadcasts within the window.
pub const MAX_SEEN: usize = 65_536;
/// Most broadcasts of one origin within the window, so that no origin's stake silences the others.
pub const MAX_OF_ORIGIN: usize = MAX_SEEN / 16;
/// Seconds of an origin's rate that it can save up.
pub const BURST_SECONDS: u64 = 60;
/// A broadcast counts as at least this many bytes.
pub const LEAST_CHARGE: u64 = 1024;

/// How long a peer that was told to hand over has for it.
const HANDOVER: Duration = Duration::from_secs(10);
/// Most broadcasts that one peer hands over at a time.
const MAX_EXPECTED: usize = 64;
/// Origins whose allowance is remembered before full ones are forgotten.
const MAX_BUCKETS: usize = 4096;

/// Why a broadcast is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It was seen before.
    #[error("known already")]
    Known,
    /// Its time is out of the window.
    #[error("its time is {off_ms} ms off; at most {past} s back and {ahead} s ahead are accepted",
        past = WINDOW.as_secs(), ahead = SKEW.as_secs())]
    Time {
        /// Difference in milliseconds, positive for the future.
        off_ms: i64,
    },
    /// Its origin has no stake.
    #[error("its origin {origin} has no stake")]
    NoStake {
        /// Public key of the endpoint that signed the broadcast.
        origin: PeerId,
    },
    /// Its origin has used up its rate.
    #[error("its origin {origin} has used up its rate of {rate} bytes per second")]
    Rate {
        /// Public key of the endpoint that signed the broadcast.
        origin: PeerId,
        /// Bytes a second that its stake allows.
        rate: u64,
    },
    /// There are too many of its origin.
    #[error("{MAX_OF_ORIGIN} broadcasts of its origin {origin} are within the window already")]
    Many {
        /// Public key of the endpoint that signed the broadcast.
        origin: PeerId,
    },
    /// There are too many.
    #[error("{MAX_SEEN} broadcasts are within the window already")]
    Full,
}

struct Bucket {
    bytes: f64,
    at: Instant,
}

#[derive(Default)]
pub(crate) struct Ledger {
    seen: HashSet<Digest>,
    /// In order of arrival, with the time after which the window alone refuses them.
    order: VecDeque<(u64, Digest, PeerId)>,
    by_origin: HashMap<PeerId, usize>,
    expected: HashMap<Digest, (PeerId, Instant)>,
    buckets: HashMap<PeerId, Bucket>,
}

/// Answer to an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    Wanted,
    Known,
    Later,
}

impl Ledger {
    /// Says whether `peer` is to hand over `id`.
    pub(crate) fn announced(&mut self, id: Digest, peer: PeerId, now: Instant) -> Announced {
        if self.seen.contains(&id) {
            return Announced::Known;
        }
        self.expected.retain(|_, (_, since)| now.saturating_duration_since(*since) < HANDOVER);
        let by_peer = self.expected.values().filter(|(other, _)| *other == peer).count();
        if self.expected.contains_key(&id) || by_peer >= MAX_EXPECTED {
            return Announced::Later;
        }
        self.expected.insert(id, (peer, now));
        Announced::Wanted
    }

    /// Records a broadcast, if it is new, in time, and within its origin's rate in bytes per second.
    pub(crate) fn accept(
        &mut self,
        message: &Broadcast,
        bytes: usize,
        rate: u64,
        now_ms: u64,
        now: Instant,
    ) -> Result<(), Rejection> {
        self.expected.remove(&message.id);
        while self.order.front().is_some_and(|(until, ..)| *until < now_ms) {
            if let Some((_, id, origin)) = self.order.pop_front() {
                self.seen.remove(&id);
                if let Some(count) = self.by_origin.get_mut(&origin) {
                    *count -= 1;
                    if *count == 0 {
                        self.by_origin.remove(&origin);
                    }
                }
            }
        }
        if self.seen.contains(&message.id) {
            return Err(Rejection::Known);
        }
        let off_ms = i64::try_from(i128::from(message.sent_ms) - i128::from(now_ms)).unwrap_or(i64::MAX);
        let (past, ahead) = (millis(WINDOW), millis(SKEW));
        if off_ms < -past || off_ms > ahead {
            return Err(Rejection::Time { off_ms });
        }
        if self.seen.len() >= MAX_SEEN {
            return Err(Rejection::Full);
        }
        if self.by_origin.get(&message.origin).is_some_and(|count| *count >= MAX_OF_ORIGIN) {
            return Err(Rejection::Many { origin: message.origin });
        }
        self.charge(message.origin, bytes, rate, now)?;
        self.seen.insert(message.id);
        *self.by_origin.entry(message.origin).or_default() += 1;
        // Later than the window by the largest skew, so that no clock that is accepted brings it back.
        let until = now_ms.saturating_add((past + ahead).unsigned_abs());
        self.order.push_back((until, message.id, message.origin));
        Ok(())
    }

    fn charge(&mut self, origin: PeerId, bytes: usize, rate: u64, now: Instant) -> Result<(), Rejection> {
        if rate == 0 {
            return Err(Rejection::NoStake { origin });
        }
        // Whoever has a stake can send one message of any size after a while.
        let most = rate.saturating_mul(BURST_SECONDS).max(crate::wire::MAX_GOSSIP_BYTES as u64) as f64;
        let refilled = |bucket: &Bucket| {
            let since = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.bytes + since * rate as f64).min(most)
        };
        if self.buckets.len() >= MAX_BUCKETS {
            self.buckets.retain(|_, bucket| now.saturating_duration_since(bucket.at) < WINDOW);
        }
        let left = self.buckets.get(&origin).map_or(most, refilled);
        let charge = (bytes as u64).max(LEAST_CHARGE) as f64;
        let after = if left >= charge { left - charge } else { left };
        self.buckets.insert(origin, Bucket { bytes: after, at: now });
        if left >= charge { Ok(()) } else { Err(Rejection::Rate { origin, rate }) }
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const NOW: u64 = 1_000_000_000;

    fn message(id: u16, origin: u8, sent_ms: u64) -> Broadcast {
        let mut digest = [0; 32];
        digest[..2].copy_from_slice(&id.to_be_bytes());
        Broadcast { id: digest, origin: PeerId([origin; 32]), sent_ms, body: Bytes::new() }
    }

    #[test]
    fn a_replay_is_refused_for_as_long_as_its_time_is_in_the_window() {
        let (mut ledger, at) = (Ledger::default(), Instant::now());
        let message = message(1, 1, NOW + millis(SKEW).unsigned_abs());
        ledger.accept(&message, 10, 1000, NOW, at).unwrap();
        let later = NOW + (millis(SKEW) + millis(WINDOW)).unsigned_abs();
        assert_eq!(ledger.accept(&message, 10, 1000, later, at), Err(Rejection::Known));
        let too_late = ledger.accept(&message, 10, 1000, later + 1, at);
        assert_eq!(too_late, Err(Rejection::Time { off_ms: -millis(WINDOW) - 1 }));
        assert!(ledger.seen.is_empty() && ledger.order.is_empty());
    }

    #[test]
    fn times_out_of_the_window_are_refused() {
        let (mut ledger, at) = (Ledger::default(), Instant::now());
        for sent in [NOW - 600_001, NOW + 60_001, 0, u64::MAX] {
            let refused = ledger.accept(&message(1, 1, sent), 10, 1000, NOW, at);
            assert!(matches!(refused, Err(Rejection::Time { .. })), "{sent}");
        }
        ledger.accept(&message(2, 1, NOW - 600_000), 10, 1000, NOW, at).unwrap();
    }

    #[test]
    fn an_origin_has_the_rate_of_its_stake_and_takes_nothing_from_others() {
        let (mut ledger, at) = (Ledger::default(), Instant::now());
        let most = crate::wire::MAX_GOSSIP_BYTES;
        let stakeless = ledger.accept(&message(0, 3, NOW), 10, 0, NOW, at);
        assert!(matches!(stakeless, Err(Rejection::NoStake { .. })));
        let mut accepted = 0;
        for id in 1..200 {
            match ledger.accept(&message(id, 1, NOW), 1, 10, NOW, at) {
                Ok(()) => accepted += 1,
                Err(error) => assert!(matches!(error, Rejection::Rate { rate: 10, .. })),
            }
        }
        assert_eq!(accepted, most / 1024);
        ledger.accept(&message(201, 2, NOW), 1, 10, NOW, at).unwrap();
        let later = at + Duration::from_secs(103);
        ledger.accept(&message(202, 1, NOW), 1, 10, NOW, later).unwrap();
        assert!(ledger.accept(&message(203, 1, NOW), 1, 10, NOW, later).is_err());
    }

    #[test]
    fn the_richest_origin_does_not_fill_the_window() {
        let (mut ledger, at) = (Ledger::default(), Instant::now());
        let numbered = |number: usize, origin: u8| {
            let id = *blake3::hash(&number.to_be_bytes()).as_bytes();
            Broadcast { id, ..message(0, origin, NOW) }
        };
        for number in 0..MAX_OF_ORIGIN {
            ledger.accept(&numbered(number, 1), 1, u64::MAX, NOW, at).unwrap();
        }
        let more = ledger.accept(&numbered(MAX_OF_ORIGIN, 1), 1, u64::MAX, NOW, at);
        assert!(matches!(more, Err(Rejection::Many { .. })));
        ledger.accept(&numbered(MAX_OF_ORIGIN, 2), 1, 10, NOW, at).unwrap();
        // Once the window has passed there is room again.
        let later = NOW + 700_000;
        let again = Broadcast { sent_ms: later, ..numbered(MAX_OF_ORIGIN + 1, 1) };
        ledger.accept(&again, 1, u64::MAX, later, at).unwrap();
        assert_eq!((ledger.seen.len(), ledger.by_origin.len()), (1, 1));
    }

    #[test]
    fn one_peer_hands_a_broadcast_over_and_others_wait_for_it() {
        let (mut ledger, at) = (Ledger::default(), Instant::now());
        let (alice, bob) = (PeerId([1; 32]), PeerId([2; 32]));
        let message = message(1, 3, NOW);
        assert_eq!(ledger.announced(message.id, alice, at), Announced::Wanted);
        assert_eq!(ledger.announced(message.id, bob, at), Announced::Later);
        assert_eq!(ledger.announced(message.id, bob, at + HANDOVER), Announced::Wanted);
        ledger.accept(&message, 1, 10, NOW, at).unwrap();
        assert_eq!(ledger.announced(message.id, alice, at), Announced::Known);
    }

    #[test]
    fn announcements_without_a_message_are_bounded() {
        let (mut ledger, at) = (Ledger::default(), Instant::now());
        for id in 0..u16::MAX {
            ledger.announced(message(id, 1, 0).id, PeerId([1; 32]), at);
        }
        assert_eq!(ledger.expected.len(), MAX_EXPECTED);
        assert_eq!(ledger.announced([9; 32], PeerId([2; 32]), at), Announced::Wanted);
    }
}
