//! One direction of a link without a clock: packets go in at some time and come out at another, or don't.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bithive_netsim::{Bottleneck, Fate, Link, Nanos};

/// Counts of packets by what happened to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that arrived.
    pub passed: u64,
    /// Bytes of them.
    pub passed_bytes: u64,
    /// Packets the queue dropped.
    pub dropped: u64,
    /// Packets lost on the way.
    pub lost: u64,
}

/// The simulator's link, driven by its caller. Times have to be given in order.
pub struct Emulator<T> {
    link: Bottleneck<(T, u64)>,
    sent: Option<Nanos>,
    under_way: BinaryHeap<Reverse<Arrival<T>>>,
    order: u64,
    counts: Counts,
}

struct Arrival<T> {
    at: Nanos,
    order: u64,
    packet: T,
    bytes: u64,
}

impl<T> PartialEq for Arrival<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl<T> Eq for Arrival<T> {}

impl<T> PartialOrd for Arrival<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Arrival<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

impl<T> Emulator<T> {
    /// An idle link. The same seed loses and delays the same packets.
    pub fn new(link: Link, seed: u64) -> Self {
        Self {
            link: Bottleneck::new(link, seed),
            sent: None,
            under_way: BinaryHeap::new(),
            order: 0,
            counts: Counts::default(),
        }
    }

    /// Takes a packet, unless the queue is full.
    pub fn push(&mut self, now: Nanos, packet: T, bytes: u64) {
        self.transmit_until(now);
        match self.link.enqueue(now, (packet, bytes), bytes) {
            Ok(None) => {}
            Ok(sent) => self.sent = sent,
            Err(_) => self.counts.dropped += 1,
        }
    }

    /// When [`Self::pop`] has something to do next.
    #[must_use]
    pub fn next(&self) -> Option<Nanos> {
        let arrival = self.under_way.peek().map(|Reverse(arrival)| arrival.at);
        self.sent.into_iter().chain(arrival).min()
    }

    /// The next packet that has arrived by `now`, and when it did.
    pub fn pop(&mut self, now: Nanos) -> Option<(Nanos, T)> {
        self.transmit_until(now);
        if self.under_way.peek()?.0.at > now {
            return None;
        }
        let Reverse(arrival) = self.under_way.pop()?;
        self.counts.passed += 1;
        self.counts.passed_bytes += arrival.bytes;
        Some((arrival.at, arrival.packet))
    }

    /// Counts of packets so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Each transmission ends at its own time, however late this is called: the rate does not depend on the caller.
    fn transmit_until(&mut self, now: Nanos) {
        while let Some(done) = self.sent.filter(|done| *done <= now) {
            let dropped = &mut self.counts.dropped;
            let (fate, next) = self.link.finish(done, |_| *dropped += 1);
            self.sent = next;
            match fate {
                Some(Fate::Delivered { at, packet: (packet, bytes) }) => {
                    self.order += 1;
                    self.under_way.push(Reverse(Arrival { at, order: self.order, packet, bytes }));
                }
                Some(Fate::Lost(_)) => self.counts.lost += 1,
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bithive_netsim::PacketLoss;
    use proptest::prelude::*;

    use super::*;

    const MS: Nanos = 1_000_000;

    fn all<T>(emulator: &mut Emulator<T>) -> Vec<(Nanos, T)> {
        std::iter::from_fn(|| emulator.pop(Nanos::MAX / 2)).collect()
    }

    #[test]
    fn a_packet_takes_its_transmission_and_the_delay() {
        // 1,250 bytes at 10 Mbit/s: 1 ms each.
        let mut link = Emulator::new(Link::new(10e6, Duration::from_millis(40), 10_000), 1);
        link.push(0, 'a', 1250);
        link.push(0, 'b', 1250);
        assert_eq!(link.next(), Some(MS));
        assert_eq!(link.pop(21 * MS - 1), None);
        assert_eq!(link.pop(21 * MS), Some((21 * MS, 'a')));
        assert_eq!(link.pop(30 * MS), Some((22 * MS, 'b')));
        assert_eq!((link.pop(30 * MS), link.next()), (None, None));
    }

    #[test]
    fn a_full_queue_drops_what_comes() {
        let mut link = Emulator::new(Link::new(10e6, Duration::ZERO, 2500), 1);
        for packet in 0..5 {
            link.push(0, packet, 1250);
        }
        let arrived: Vec<i32> = all(&mut link).into_iter().map(|(_, packet)| packet).collect();
        assert_eq!(arrived, [0, 1, 2]);
        assert_eq!(link.counts(), Counts { passed: 3, passed_bytes: 3750, dropped: 2, lost: 0 });
    }

    #[test]
    fn loss_has_the_probability_it_is_given() {
        let mut config = Link::new(1e9, Duration::ZERO, u64::MAX);
        config.loss = PacketLoss::Random(0.2);
        let mut link = Emulator::new(config, 7);
        for packet in 0..10_000 {
            link.push(0, packet, 100);
        }
        all(&mut link);
        let Counts { passed, lost, .. } = link.counts();
        assert_eq!(passed + lost, 10_000);
        assert!((1800..2200).contains(&lost), "{lost}");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_often_somebody_looks(
            gaps in proptest::collection::vec((0..3 * MS, 60u64..1500), 1..60),
            looks in proptest::collection::vec(0..5 * MS, 0..60),
            seed in any::<u64>(),
        ) {
            let mut config = Link::new(8e6, Duration::from_millis(10), 8000);
            config.loss = PacketLoss::Random(0.1);
            config.jitter = Duration::from_millis(3);
            config.reorder = 0.1;
            let (mut rare, mut often) = (Emulator::new(config.clone(), seed), Emulator::new(config, seed));
            let (mut now, mut arrived) = (0, Vec::new());
            for (index, (gap, bytes)) in gaps.iter().enumerate() {
                let until = now + gap;
                while let Some(look) = looks.get(index).filter(|look| now + **look < until) {
                    now += look.max(&1);
                    arrived.extend(std::iter::from_fn(|| often.pop(now)));
                }
                now = until;
                rare.push(now, index, *bytes);
                often.push(now, index, *bytes);
            }
            arrived.extend(all(&mut often));
            prop_assert_eq!(arrived, all(&mut rare));
            prop_assert_eq!(rare.counts(), often.counts());
            let Counts { passed, dropped, lost, .. } = rare.counts();
            prop_assert_eq!(passed + dropped + lost, gaps.len() as u64);
        }
    }
}
