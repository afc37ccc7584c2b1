//! Competition: another flow keeps a queue, so this one fills and yields as Cubic does.

use super::{Competition, Drain, Phase, Udx};
use crate::cubic::CubicGrowth;
use crate::round::Round;

impl Udx {
    /// The flow's share of the link, as far as it knows the link's rate.
    pub(super) fn share(&self) -> f64 {
        if self.capacity > 0.0 { (self.avgbew / self.capacity).min(1.0) } else { 0.5 }
    }

    pub(super) fn enter_competition(&mut self, window: f64) {
        (self.foreign, self.overflows) = (0, 0);
        self.set_window(window);
        let (packets, now) = (self.window / self.packet, self.now.as_secs_f64());
        let growth = CubicGrowth::at(packets, now, self.config.cubic);
        self.phase = Phase::Competition(Competition {
            growth,
            entering: true,
            rounds: 0,
            quiet: 0,
            queue: 0.0,
            congested: now,
            cycle: 0.0,
        });
    }

    /// Whether a flow of Cubic would have more than this one: it has a small share, and its window would grow more from
    /// one congestion to the next than it loses at each (RFC 9438: `C t^3` against `1 - beta`).
    pub(super) fn is_behind(&self, competition: &Competition) -> bool {
        let cycle = competition.cycle.max(self.now.as_secs_f64() - competition.congested);
        let steady = self.config.cubic * cycle.powi(3) / (1.0 - self.config.beta).max(1e-3);
        self.share() < self.config.low_share && self.window < steady * self.packet
    }

    pub(super) fn leave_competition(&mut self) {
        self.phase = Phase::Avoidance;
        (self.foreign, self.overflows, self.growing) = (0, 0, 0);
    }

    pub(super) fn compete(&mut self, round: Round, queue: f64) {
        let Phase::Competition(competition) = &mut self.phase else { return };
        let before = std::mem::replace(&mut competition.queue, queue);
        competition.rounds += 1;
        competition.quiet += 1;
        let (rounds, quiet) = (competition.rounds, competition.quiet);
        if self.empty >= self.config.test_rounds {
            self.leave_competition();
            return;
        }
        if quiet < self.config.drain_rounds {
            return;
        }
        // Another flow has lowered its window although nothing was lost: a test like ours. Only if all of them yield
        // at once do they find out that nobody else is there.
        let yielded = queue < self.config.echo * before && before > self.no_queue(round.rtt - queue);
        if yielded && rounds >= self.config.test_rounds / 4 {
            self.leave_competition();
            self.start_drain(round.rtt);
        } else if rounds >= self.config.test_rounds
            && queue >= self.config.loss_queue * self.max_queue.get().unwrap_or(0.0)
        {
            self.start_test(round.rtt, queue);
        }
    }

    /// Takes from the window what fills most of the queue if the flow is alone. A queue that falls less is not its own.
    pub(super) fn start_test(&mut self, rtt: f64, queue: f64) {
        if let Phase::Competition(competition) = &mut self.phase {
            competition.rounds = 0;
        }
        let before = self.window;
        let fall = self.config.test_fall * queue;
        self.set_window(self.window * (1.0 - fall / rtt));
        self.lowered = Some(self.now);
        let left = queue - self.config.own_fall * fall;
        self.drain =
            Some(Drain { before, queue, started: self.now, rounds: 0, left, judged: true, disturbed: false });
    }
}
