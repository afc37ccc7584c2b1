//! Slow start: double each round, and leave before the queue is full.

use super::{Drain, FEWEST_PACKETS, Phase, Udx};
use crate::round::Round;

impl Udx {
    /// DIFF against the delivered flow, at each acknowledgement.
    pub(super) fn slow_start_is_over(&self) -> bool {
        let (Some(rtt), Some(min_rtt)) = (self.current_rtt(), self.base_rtt()) else { return false };
        let flow = self.window * min_rtt / rtt;
        self.window - flow
            > (self.config.slow_start_queue * flow).max(2.0 * self.config.queue_floor * self.packet)
    }

    /// Half the window fitted the path a round ago; more only where more is being delivered.
    pub(super) fn leave_slow_start(&mut self) {
        let delivered = self.rates[1].max(self.rates[0]) * self.base_rtt().unwrap_or(0.0);
        let queue = self.current_queue().unwrap_or(0.0);
        let before = self.window;
        self.recovery = None;
        self.set_window(delivered.clamp(self.window / 2.0, self.window));
        self.enter_avoidance();
        self.lowered = Some(self.now);
        let left = self.config.drained * queue;
        self.drain = Some(Drain {
            before,
            queue,
            started: self.now,
            rounds: 0,
            left,
            judged: false,
            disturbed: false,
        });
    }

    pub(super) fn enter_avoidance(&mut self) {
        self.ssthresh = self.window;
        self.phase = Phase::Avoidance;
        self.growing = 0;
        self.empty = 0;
        self.saturated = false;
        self.checkpoint = (self.window, self.avgbew);
    }

    pub(super) fn collapse(&mut self) {
        self.ssthresh = (self.window / 2.0).max(self.packet * f64::from(self.config.minimum_window));
        self.set_window(0.0);
        self.phase = Phase::SlowStart { last: None };
        self.drain = None;
        self.recovery = None;
        self.undo = None;
        self.lowered = Some(self.now);
    }

    /// The acknowledgement rate should have grown as the window did a round before.
    pub(super) fn judge_ack_rate(&mut self, round: Round, before: Option<(f64, f64)>) {
        let Some((last_rate, last_window)) = before else { return };
        if (round.acked as f64) < FEWEST_PACKETS * self.packet {
            return;
        }
        let expected = last_rate * (self.window / last_window).clamp(1.0, 2.0);
        if expected > 0.0 && 1.0 - round.rate / expected > self.config.ack_rate_change {
            self.leave_slow_start();
        }
    }
}
