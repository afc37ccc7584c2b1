//! Losses: which of them are congestion, and what they cost.

use super::{Phase, Udx};

/// Weight of the newest time between two congestions.
const CYCLE_GAIN: f64 = 0.5;

impl Udx {
    /// A loss beside a long queue, or too many losses without one.
    pub(super) fn loss_is_congestion(&self) -> bool {
        let (Some(queue), Some(min_rtt)) = (self.current_queue(), self.base_rtt()) else { return false };
        let longest = self.max_queue.get().unwrap_or(queue);
        (queue > self.no_queue(min_rtt) && queue >= self.config.loss_queue * longest)
            || self.window < self.config.small_window * self.packet
            || self.loss.is_excessive()
    }

    pub(super) fn on_congestion(&mut self) {
        self.recovery = None;
        self.lowered = Some(self.now);
        let packet = self.packet;
        // A flow that has most of the link yields more than Cubic does, so that their shares approach.
        let excess = (self.share() - self.config.high_share).max(0.0);
        let beta = (self.config.beta - self.config.share_gain * excess).max(0.5);
        // An estimate of the link that was too large would let the flow grow without bound: it gets less weight each time.
        self.capacity *= self.config.estimate_decay;
        if let Phase::Competition(competition) = &mut self.phase {
            (competition.entering, competition.quiet) = (false, 0);
            let now = self.now.as_secs_f64();
            let lasted = now - std::mem::replace(&mut competition.congested, now);
            let gain = if competition.cycle > 0.0 { CYCLE_GAIN } else { 1.0 };
            competition.cycle += gain * (lasted - competition.cycle);
            let window = self.drain.map_or(self.window, |drain| drain.before);
            let lowered = competition.growth.on_congestion(window / packet, now, beta) * packet;
            match &mut self.drain {
                Some(drain) => (drain.before, drain.disturbed) = (lowered, true),
                None => self.set_window(lowered),
            }
            return;
        }
        if self.drain.is_none() {
            self.start_drain(self.current_rtt().unwrap_or(self.smoothed_rtt));
        }
    }

    /// Whether this round lost more than twice what random loss takes, and `besides` of the window on top.
    pub(super) fn lost_more_than_random(&self, besides: f64) -> bool {
        self.rounds.lost() as f64 > (2.0 * self.random_loss + besides) * self.window
    }

    /// Alone, the flow drains a long queue before it overflows. One that overflows again and again is also another's.
    pub(super) fn overflow_is_foreign(&mut self) -> bool {
        let (Some(queue), Some(min_rtt)) = (self.current_queue(), self.base_rtt()) else { return false };
        let long = self.config.overflow_queue * self.config.saturation_queue * min_rtt;
        if !self.overflowed && queue >= long && self.lost_more_than_random(self.config.overflow_loss) {
            self.overflowed = true;
            self.overflows += 1;
        }
        self.overflows >= self.config.foreign_overflows
    }
}
