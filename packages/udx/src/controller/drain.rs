//! Drains: a window lowered to a little less than the delivered flow, and what the queue then says.

use super::{Drain, Phase, Udx};

impl Udx {
    /// `ssthresh = wnd * a`: corrects the window to a little less than the delivered flow.
    pub(super) fn start_drain(&mut self, rtt: f64) {
        let min_rtt = self.base_rtt().unwrap_or(rtt);
        let before = self.window;
        let theoretical = self.window * min_rtt / rtt.max(min_rtt);
        let flow =
            if self.rates[0] > 0.0 { theoretical.min(self.delivered() * min_rtt) } else { theoretical };
        let lowered = (self.config.drain * flow).min(self.loss.a() * self.window).max(self.window / 2.0);
        self.recovery = None;
        self.set_window(lowered);
        self.ssthresh = self.window;
        self.lowered = Some(self.now);
        self.saturated = true;
        self.growing = 0;
        let queue = (rtt - min_rtt).max(0.0);
        let left = self.config.drained * queue;
        self.drain =
            Some(Drain { before, queue, started: self.now, rounds: 0, left, judged: true, disturbed: false });
    }

    pub(super) fn judge_drain(&mut self, mut drain: Drain, queue: f64, min_rtt: f64) {
        drain.rounds += 1;
        self.drain = Some(drain);
        let last = drain.rounds >= self.config.drain_rounds;
        let empty = queue <= self.no_queue(min_rtt);
        if last && !empty && !drain.disturbed && self.avgbew > 0.0 {
            // Taking so many bytes out of the queue has shortened it by so much time: the rate of the link. A queue
            // that did not fall at all says that the flow hardly counts.
            let (bytes, seconds) = (drain.before - self.window, drain.queue - queue);
            let most = self.avgbew / (0.7 * self.config.low_share);
            self.capacity = if bytes < most * seconds { (bytes / seconds).max(self.avgbew) } else { most };
        }
        // Where a flow stops sending for a moment the queue dips deeper than it stays.
        if matches!(self.phase, Phase::Competition(_)) && !last {
            return;
        }
        // The first round still acknowledges what was sent before.
        if empty || (drain.rounds > 1 && queue <= drain.left) {
            self.end_drain(drain, true);
        } else if last {
            self.end_drain(drain, false);
        }
    }

    pub(super) fn end_drain(&mut self, drain: Drain, emptied: bool) {
        self.drain = None;
        self.checkpoint = (self.window, self.avgbew);
        if let Phase::Competition(competition) = &mut self.phase {
            competition.growth.pause(self.now.saturating_sub(drain.started).as_secs_f64());
            if emptied {
                self.leave_competition();
            } else {
                self.set_window(drain.before);
            }
            return;
        }
        if !std::mem::take(&mut self.overflowed) {
            self.overflows = self.overflows.saturating_sub(1);
        }
        if emptied || !drain.judged {
            self.foreign = 0;
            return;
        }
        if self.foreign == 0 {
            self.before_drains = drain.before;
        }
        self.foreign += 1;
        if self.foreign >= self.config.foreign_drains {
            self.enter_competition(self.before_drains);
        }
    }
}
