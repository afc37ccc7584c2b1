//! What each round and each acknowledgement does to the window, in every phase.

use super::{Phase, Recovery, Udx};
use crate::round::Round;

impl Udx {
    pub(super) fn grow(&mut self, bytes: f64) {
        let packets = self.window / self.packet;
        let increase = match &self.phase {
            Phase::SlowStart { .. } => bytes,
            Phase::Avoidance => {
                let most = (self.config.growth_limit * packets).max(1.0);
                let linear = (1.0 + self.config.growth * f64::from(self.growing)).min(most);
                let open =
                    if !self.saturated && self.empty > 0 { self.config.open_growth * packets } else { 0.0 };
                linear.max(open) * self.packet * bytes / self.window
            }
            Phase::Competition(competition) if competition.entering => self.config.entry_growth * bytes,
            Phase::Competition(competition) => {
                let (now, rtt) = (self.now.as_secs_f64(), self.smoothed_rtt);
                let cubic = competition.growth.increase(packets, bytes / self.packet, now, rtt) * self.packet;
                if self.is_behind(competition) { cubic + self.config.catch_up * bytes } else { cubic }
            }
        };
        self.set_window(self.window + increase.min(bytes));
        if matches!(self.phase, Phase::SlowStart { .. }) && self.window >= self.ssthresh {
            self.enter_avoidance();
        }
    }

    pub(super) fn end_recovery(&mut self) {
        if let Some(recovery) = &mut self.recovery {
            recovery.acks += 1;
            if recovery.acks >= self.config.recovery_acks {
                let restore = recovery.restore;
                self.recovery = None;
                self.set_window(self.window.max(restore));
            }
        }
    }

    /// A loss that is not congestion: the window shrinks by what is lost until recovery ends.
    pub(super) fn recover(&mut self, lost: u64) {
        let restore = self.recovery.map_or(self.window, |recovery| recovery.restore);
        self.recovery.get_or_insert(Recovery { restore, acks: 0 });
        let lowered = (self.window + self.loss.b(lost)).max(restore / 2.0);
        self.set_window(lowered);
    }

    pub(super) fn on_round(&mut self, round: Round) {
        let Some(min_rtt) = self.base_rtt() else { return };
        if round.app_limited {
            // What an idle application leaves unused says nothing about the path.
            self.drain = None;
            return;
        }
        self.rates = [self.rates[1], round.rate];
        let gain = if self.avgbew > 0.0 { self.config.westwood_gain } else { 1.0 };
        self.avgbew += gain * (round.rate - self.avgbew);
        let queue = (round.rtt - min_rtt).max(0.0);
        self.empty = if queue <= self.no_queue(min_rtt) { self.empty.saturating_add(1) } else { 0 };
        if self.empty > 0 {
            let lost = round.lost as f64 / (round.lost as f64 + round.acked as f64).max(1.0);
            self.random_loss += self.config.westwood_gain * (lost - self.random_loss);
        }
        if let Some(drain) = self.drain {
            self.judge_drain(drain, queue, min_rtt);
            return;
        }
        match &mut self.phase {
            Phase::SlowStart { last } => {
                let before = last.replace((round.rate, self.window));
                self.judge_ack_rate(round, before);
            }
            Phase::Avoidance => self.avoid(round, min_rtt),
            Phase::Competition(_) => self.compete(round, queue),
        }
    }

    pub(super) fn avoid(&mut self, round: Round, min_rtt: f64) {
        let flow = self.window * min_rtt / round.rtt;
        let limit = (self.config.saturation_queue * flow).max(self.config.queue_floor * self.packet);
        if self.window - flow > limit {
            self.start_drain(round.rtt);
            return;
        }
        self.growing = self.growing.saturating_add(1);
        self.judge_yield();
        self.correct(round);
    }

    /// Whether the last increase yielded more delivered flow.
    pub(super) fn judge_yield(&mut self) {
        let (window, flow) = self.checkpoint;
        if self.empty >= self.config.open_rounds {
            self.saturated = false;
        } else if self.window >= window * (1.0 + 2.0 * self.config.saturation_yield) {
            self.saturated = self.avgbew <= flow * (1.0 + self.config.saturation_yield);
        } else {
            return;
        }
        self.checkpoint = (self.window, self.avgbew);
    }

    /// The delivered flow of the last rounds, bytes per second, with what random loss took from it.
    pub(super) fn delivered(&self) -> f64 {
        self.rates[0].max(self.rates[1]) / (1.0 - self.loss.rate().min(0.5))
    }

    /// A delivered flow far below what window and round-trip time promise corrects the window.
    pub(super) fn correct(&mut self, round: Round) {
        let theoretical = self.window / round.rtt;
        let delivered = self.delivered();
        if self.rates[0] > 0.0 && delivered < (1.0 - self.config.diff_fraction) * theoretical {
            self.undo = None;
            self.set_window(delivered * round.rtt);
            self.lowered = Some(self.now);
            self.growing = 0;
        }
    }
}
