//! The bottleneck: a rate, a queue, and what happens to packets on the way.

use std::collections::VecDeque;
use std::time::Duration;

use crate::codel::Codel;
use crate::rng::Stream;

/// Nanoseconds since the run began.
pub type Nanos = u64;

/// How the queue of a bottleneck decides what to drop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Queue {
    /// Drops what does not fit.
    DropTail,
    /// Drops from the head what waited too long (RFC 8289), and what does not fit.
    Codel,
}

/// Packets lost on the way, after the queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PacketLoss {
    /// No packet is lost after the queue.
    None,
    /// Each with the same probability.
    Random(f64),
    /// Gilbert-Elliott: nothing is lost in the good state, a packet with probability `loss` in the bad one.
    Burst {
        /// Probability to turn bad, per packet.
        to_bad: f64,
        /// Probability to turn good again, per packet.
        to_good: f64,
        /// Probability of loss in the bad state.
        loss: f64,
    },
}

/// A bottleneck link.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Bits per second, counted in UDP payload where the simulator sends, and when each rate begins; the first one at 0.
    pub rates: Vec<(Duration, f64)>,
    /// Propagation delay in each direction.
    pub delay: Duration,
    /// Capacity of the queue in bytes; the packet in transmission does not count.
    pub queue_bytes: u64,
    /// What it drops.
    pub queue: Queue,
    /// What is lost after it.
    pub loss: PacketLoss,
    /// Forward delay varies by up to this much in each direction, evenly, without reordering.
    pub jitter: Duration,
    /// Probability that a packet is overtaken by those of the next [`Link::REORDER_DELAY`].
    pub reorder: f64,
}

impl Link {
    /// How much later a reordered packet arrives.
    pub const REORDER_DELAY: Duration = Duration::from_millis(2);

    /// A clean link with a drop-tail queue.
    pub fn new(rate: f64, round_trip: Duration, queue_bytes: u64) -> Self {
        Self {
            rates: vec![(Duration::ZERO, rate)],
            delay: round_trip / 2,
            queue_bytes,
            queue: Queue::DropTail,
            loss: PacketLoss::None,
            jitter: Duration::ZERO,
            reorder: 0.0,
        }
    }

    /// Bits per second at `now`.
    pub fn rate_at(&self, now: Duration) -> f64 {
        let rate = self.rates.iter().take_while(|(from, _)| *from <= now).last();
        rate.map_or(1.0, |(_, rate)| rate.max(1.0))
    }
}

/// A packet in the queue.
struct Waiting<T> {
    packet: T,
    bytes: u64,
    since: Nanos,
}

/// What happens to a packet that has left the queue.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate<T> {
    /// It arrives at the other end.
    Delivered {
        /// Time of arrival.
        at: Nanos,
        /// The packet that arrives.
        packet: T,
    },
    /// It was lost on the way.
    Lost(T),
}

/// The state of a [`Link`] in one direction. It has no clock: the caller states the time of each event, in order,
/// so it works in virtual time and in real time.
pub struct Bottleneck<T> {
    config: Link,
    waiting: VecDeque<Waiting<T>>,
    waiting_bytes: u64,
    sending: Option<T>,
    codel: Option<Codel>,
    bad: bool,
    last_delivery: Nanos,
    losses: Stream,
    delays: Stream,
}

impl<T> Bottleneck<T> {
    /// An empty queue before an idle link. The same seed loses and delays the same packets.
    pub fn new(config: Link, seed: u64) -> Self {
        let codel = (config.queue == Queue::Codel).then(Codel::default);
        Self {
            config,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            sending: None,
            codel,
            bad: false,
            last_delivery: 0,
            losses: Stream::new(seed, 1),
            delays: Stream::new(seed, 2),
        }
    }

    /// Bytes in the queue, without the packet in transmission.
    pub fn queued_bytes(&self) -> u64 {
        self.waiting_bytes
    }

    pub(crate) fn delay(&self) -> Nanos {
        self.config.delay.as_nanos() as Nanos
    }

    /// Takes a packet. Returns when the transmission that it starts will end, if it starts one: [`Self::finish`] is
    /// due then.
    ///
    /// # Errors
    /// The packet, if it does not fit into the queue.
    pub fn enqueue(&mut self, now: Nanos, packet: T, bytes: u64) -> Result<Option<Nanos>, T> {
        if self.sending.is_none() {
            return Ok(Some(self.transmit(now, packet, bytes)));
        }
        if self.waiting_bytes + bytes > self.config.queue_bytes {
            return Err(packet);
        }
        self.waiting_bytes += bytes;
        self.waiting.push_back(Waiting { packet, bytes, since: now });
        Ok(None)
    }

    /// The transmission has ended: returns the packet's fate and when the next transmission ends. `dropped` gets each
    /// packet that the queue drops on the way.
    pub fn finish(&mut self, now: Nanos, mut dropped: impl FnMut(T)) -> (Option<Fate<T>>, Option<Nanos>) {
        let fate = self.sending.take().map(|packet| self.propagate(now, packet));
        while let Some(Waiting { packet, bytes, since }) = self.waiting.pop_front() {
            self.waiting_bytes -= bytes;
            let sojourn = Duration::from_nanos(now.saturating_sub(since));
            let left = self.waiting_bytes;
            if self.codel.as_mut().is_some_and(|codel| codel.drops(Duration::from_nanos(now), sojourn, left))
            {
                dropped(packet);
                continue;
            }
            return (fate, Some(self.transmit(now, packet, bytes)));
        }
        (fate, None)
    }

    fn transmit(&mut self, now: Nanos, packet: T, bytes: u64) -> Nanos {
        let rate = self.config.rate_at(Duration::from_nanos(now));
        let nanos = (bytes as f64 * 8e9 / rate).ceil() as Nanos;
        self.sending = Some(packet);
        now + nanos.max(1)
    }

    fn propagate(&mut self, now: Nanos, packet: T) -> Fate<T> {
        if self.loses() {
            return Fate::Lost(packet);
        }
        let jitter = self.config.jitter.as_nanos() as f64;
        let mut at = now + self.delay();
        if jitter > 0.0 {
            let shift = (self.delays.fraction() * 2.0 - 1.0) * jitter;
            at = ((at as f64 + shift).max(now as f64) as Nanos).max(self.last_delivery + 1);
        }
        if self.delays.happens(self.config.reorder) {
            at += Link::REORDER_DELAY.as_nanos() as Nanos;
        } else {
            self.last_delivery = at;
        }
        Fate::Delivered { at, packet }
    }

    fn loses(&mut self) -> bool {
        match self.config.loss {
            PacketLoss::None => false,
            PacketLoss::Random(probability) => self.losses.happens(probability),
            PacketLoss::Burst { to_bad, to_good, loss } => {
                let turn = if self.bad { to_good } else { to_bad };
                self.bad ^= self.losses.happens(turn);
                self.bad && self.losses.happens(loss)
            }
        }
    }
}
