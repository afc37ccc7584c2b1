//! Rounds: the time in which one window is acknowledged.

use core::time::Duration;

/// What a finished round saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Round {
    /// Bytes acknowledged per second.
    pub(crate) rate: f64,
    /// Bytes acknowledged in this round.
    pub(crate) acked: u64,
    /// Bytes declared lost in this round.
    pub(crate) lost: u64,
    /// The smallest round-trip time, in seconds. Jitter and delayed acknowledgements only ever add, so the
    /// smallest one is what the queue costs everybody.
    pub(crate) rtt: f64,
    /// Whether the sender had too little to send at some time.
    pub(crate) app_limited: bool,
}

/// A round in progress. It ends with the acknowledgement of a packet that was sent after it began.
#[derive(Clone, Debug)]
pub(crate) struct RoundTracker {
    start: Option<Duration>,
    acked: u64,
    lost: u64,
    rtt: f64,
    app_limited: bool,
    over: bool,
}

impl RoundTracker {
    pub(crate) fn new() -> Self {
        Self { start: None, acked: 0, lost: 0, rtt: f64::INFINITY, app_limited: false, over: false }
    }

    pub(crate) fn on_sent(&mut self, now: Duration) {
        self.start.get_or_insert(now);
    }

    pub(crate) fn on_ack(&mut self, now: Duration, sent: Duration, bytes: u64, app_limited: bool) {
        let start = *self.start.get_or_insert(sent);
        self.over |= sent >= start && now > start;
        self.acked = self.acked.saturating_add(bytes);
        self.rtt = self.rtt.min(now.saturating_sub(sent).as_secs_f64());
        self.app_limited |= app_limited;
    }

    pub(crate) fn on_loss(&mut self, bytes: u64) {
        self.lost = self.lost.saturating_add(bytes);
    }

    /// The share of this round's bytes that are lost, so far.
    pub(crate) fn loss(&self) -> f64 {
        let all = self.lost.saturating_add(self.acked);
        if all == 0 { 0.0 } else { self.lost as f64 / all as f64 }
    }

    /// Bytes lost, so far.
    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    /// Ends the round if it is over, and begins the next one.
    pub(crate) fn finish(&mut self, now: Duration) -> Option<Round> {
        let start = self.start.filter(|_| self.over)?;
        let seconds = now.saturating_sub(start).as_secs_f64();
        // A round that took no time has no rate; its acknowledgements count in the next one.
        if seconds <= 0.0 || !self.rtt.is_finite() {
            return None;
        }
        let round = Round {
            rate: self.acked as f64 / seconds,
            acked: self.acked,
            lost: self.lost,
            rtt: self.rtt,
            app_limited: self.app_limited,
        };
        *self = Self { start: Some(now), ..Self::new() };
        Some(round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_round_ends_with_the_acknowledgement_of_a_packet_sent_in_it() {
        let mut rounds = RoundTracker::new();
        rounds.on_sent(ms(0));
        rounds.on_ack(ms(100), ms(0), 1000, false);
        assert_eq!(rounds.finish(ms(100)).map(|round| round.rate), Some(10_000.0));
        rounds.on_ack(ms(110), ms(20), 1000, false);
        assert_eq!(rounds.finish(ms(110)), None);
        rounds.on_ack(ms(200), ms(100), 1000, true);
        let round = rounds.finish(ms(200));
        assert_eq!(round.map(|round| (round.acked, round.app_limited, round.rtt)), Some((2000, true, 0.09)));
    }

    #[test]
    fn a_round_without_duration_has_no_rate() {
        let mut rounds = RoundTracker::new();
        rounds.on_sent(ms(5));
        rounds.on_ack(ms(5), ms(5), 1000, false);
        assert_eq!(rounds.finish(ms(5)), None);
    }
}
