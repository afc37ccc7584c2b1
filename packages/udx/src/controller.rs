//! The controller: which rule applies when.

use core::time::Duration;

use crate::competition::CubicGrowth;
use crate::config::{Config, ConfigError};
use crate::filter::{RecentMax, RecentMin};
use crate::loss::LossEstimator;
use crate::round::{Round, RoundTracker};

/// Acknowledgements whose smallest round-trip time counts as the current one (HyStart++, RFC 9406, takes eight too).
const CURRENT_RTT_SAMPLES: usize = 8;
/// Fewest packets of a round for a verdict on its rate or losses.
const FEWEST_PACKETS: f64 = 8.0;

/// An acknowledged packet. Times count from any fixed moment, the same for all of a path.
#[derive(Clone, Copy, Debug)]
pub struct Ack {
    /// When the acknowledgement arrived.
    pub now: Duration,
    /// When the packet was sent.
    pub sent: Duration,
    /// Size of the packet in bytes.
    pub bytes: u64,
    /// Whether the application left the sender with nothing to send.
    pub app_limited: bool,
}

/// Packets declared lost together.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// When they were declared lost.
    pub now: Duration,
    /// When the youngest of them was sent.
    pub sent: Duration,
    /// Their size in bytes; 0 for a congestion mark (ECN).
    pub bytes: u64,
    /// Whether everything sent for some time is lost (RFC 9002 section 7.6).
    pub persistent: bool,
}

/// What the controller is doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Doubling each round, looking for the path's rate.
    SlowStart,
    /// Holding a short queue of its own.
    Avoidance,
    /// Growing and yielding as Cubic does, because another flow keeps a queue.
    Competition,
}

/// The controller's state, for traces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Bytes that may be in flight.
    pub window: u64,
    /// Window at which slow start ends, bytes; `None` before the first congestion.
    pub ssthresh: Option<u64>,
    /// Bytes per second at which to send; `None` before the first round-trip time.
    pub pacing_rate: Option<u64>,
    /// Westwood estimate of the delivered flow (avgbew), bytes per second; `None` before the first round.
    pub delivered: Option<u64>,
    /// Estimate of the link's rate from how a drain shortened the queue, bytes per second; `None` before the first.
    pub link_rate: Option<u64>,
    /// Smallest round-trip time remembered.
    pub min_rtt: Option<Duration>,
    /// Lost packets per packet sent.
    pub loss_rate: f64,
    /// What the controller is doing.
    pub mode: Mode,
    /// Whether an increase was last seen to yield nothing.
    pub saturated: bool,
}

/// A window lowered for a while, to see whether the queue empties.
#[derive(Clone, Copy, Debug)]
struct Drain {
    /// The window that a flow in competition gets back.
    before: f64,
    /// The queue at its start, in seconds.
    queue: f64,
    started: Duration,
    rounds: u32,
    /// The queue that may be left, in seconds.
    left: f64,
    /// Whether a queue that stays is held against others.
    judged: bool,
    /// Whether something was lost meanwhile, so that the queue says nothing about the link.
    disturbed: bool,
}

/// Lost packets were not congestion: the window to restore after some acknowledgements.
#[derive(Clone, Copy, Debug)]
struct Recovery {
    restore: f64,
    acks: u32,
}

/// A flow that competes.
#[derive(Clone, Debug)]
struct Competition {
    growth: CubicGrowth,
    /// Until the first congestion the flow has not had its share of the queue yet and grows faster.
    entering: bool,
    /// Rounds since the last test or the beginning.
    rounds: u32,
    /// Rounds since the last congestion.
    quiet: u32,
    /// The queue a round ago.
    queue: f64,
}

#[derive(Clone, Debug)]
enum Phase {
    SlowStart { last: Option<(f64, f64)> },
    Avoidance,
    Competition(Competition),
}

/// UDX congestion control for one path. Sans-IO: it is told what happens and when, and answers
/// [`window`](Self::window) and [`pacing_rate`](Self::pacing_rate). A clock that runs backwards is taken for one that
/// stands still.
#[derive(Clone, Debug)]
pub struct Udx {
    config: Config,
    packet: f64,
    window: f64,
    ssthresh: f64,
    phase: Phase,
    drain: Option<Drain>,
    foreign: u32,
    /// The window before the first of the drains in succession that failed.
    before_drains: f64,
    /// Overflows in succession of a queue that this flow does not fill by itself.
    overflows: u32,
    /// Whether the last of them is of this cycle of growth and drain.
    overflowed: bool,
    recovery: Option<Recovery>,
    now: Duration,
    rounds: RoundTracker,
    rates: [f64; 2],
    avgbew: f64,
    /// Estimate of the link's rate, bytes per second; 0 before the first.
    capacity: f64,
    min_rtt: RecentMin,
    max_queue: RecentMax,
    samples: [f64; CURRENT_RTT_SAMPLES],
    next_sample: usize,
    smoothed_rtt: f64,
    loss: LossEstimator,
    /// The share that is lost while there is no queue: what is not congestion.
    random_loss: f64,
    /// Rounds of growth since the last decrease.
    growing: u32,
    /// Rounds in succession without a queue.
    empty: u32,
    saturated: bool,
    /// Window and flow when the yield of an increase was last judged.
    checkpoint: (f64, f64),
    /// When the window was last lowered: packets sent before say nothing new about it.
    lowered: Option<Duration>,
    undo: Option<f64>,
}

impl Udx {
    /// A controller for a fresh path whose packets have `packet_bytes`.
    ///
    /// # Errors
    /// A constant out of its range.
    pub fn new(config: Config, packet_bytes: u16) -> Result<Self, ConfigError> {
        config.validate()?;
        let packet = f64::from(packet_bytes.max(1));
        let window = packet * f64::from(config.initial_window);
        Ok(Self {
            packet,
            window: window.min(config.maximum_window as f64),
            ssthresh: f64::INFINITY,
            phase: Phase::SlowStart { last: None },
            drain: None,
            foreign: 0,
            before_drains: window,
            overflows: 0,
            overflowed: false,
            recovery: None,
            now: Duration::ZERO,
            rounds: RoundTracker::new(),
            rates: [0.0; 2],
            avgbew: 0.0,
            capacity: 0.0,
            min_rtt: RecentMin::new(config.min_rtt_memory),
            max_queue: RecentMax::new(config.max_queue_memory),
            samples: [f64::INFINITY; CURRENT_RTT_SAMPLES],
            next_sample: 0,
            smoothed_rtt: 0.0,
            loss: LossEstimator::new(config.loss_acks, config.loss_gain, config.loss_tolerance),
            random_loss: 0.0,
            growing: 0,
            empty: 0,
            saturated: false,
            checkpoint: (window, 0.0),
            lowered: None,
            undo: None,
            config,
        })
    }

    /// A packet was sent.
    pub fn on_sent(&mut self, now: Duration) {
        self.advance(now);
        self.rounds.on_sent(self.now);
    }

    /// A packet was acknowledged. After the last one of an acknowledgement comes [`on_acks_end`](Self::on_acks_end).
    pub fn on_ack(&mut self, ack: Ack) {
        self.advance(ack.now);
        let sent = ack.sent.min(self.now);
        self.rounds.on_ack(self.now, sent, ack.bytes, ack.app_limited);
        self.loss.on_ack();
        // A zero round-trip time would divide by zero below; no path is faster than a microsecond.
        let rtt = (self.now - sent).as_secs_f64().max(1e-6);
        if let Some(slot) = self.samples.get_mut(self.next_sample) {
            *slot = rtt;
        }
        self.next_sample = (self.next_sample + 1) % CURRENT_RTT_SAMPLES;
        self.min_rtt.note(self.now, rtt);
        let smoothing = if self.smoothed_rtt > 0.0 { 0.125 } else { 1.0 };
        self.smoothed_rtt += smoothing * (rtt - self.smoothed_rtt);
        if !ack.app_limited && self.recovery.is_none() && self.drain.is_none() {
            self.grow(ack.bytes as f64);
        }
    }

    /// All packets of one acknowledgement have been reported.
    pub fn on_acks_end(&mut self, now: Duration) {
        self.advance(now);
        self.end_recovery();
        if let Some(queue) = self.current_queue() {
            self.max_queue.note(self.now, queue);
        }
        if matches!(self.phase, Phase::SlowStart { .. }) && self.slow_start_is_over() {
            self.leave_slow_start();
        }
        if let Some(round) = self.rounds.finish(self.now) {
            self.on_round(round);
        }
    }

    /// Packets were lost, or marked.
    pub fn on_loss(&mut self, loss: Loss) {
        self.advance(loss.now);
        let packets = (loss.bytes as f64 / self.packet).ceil().min(1e6) as u32;
        self.loss.on_loss(packets);
        self.rounds.on_loss(loss.bytes);
        if loss.persistent {
            self.collapse();
            return;
        }
        if matches!(self.phase, Phase::Avoidance) && loss.bytes > 0 && self.overflow_is_foreign() {
            self.undo = None;
            self.enter_competition(self.drain.map_or(self.window, |drain| drain.before));
            self.drain = None;
            self.on_congestion();
            return;
        }
        if self.lowered.is_some_and(|lowered| loss.sent <= lowered) {
            return;
        }
        if matches!(self.phase, Phase::SlowStart { .. }) {
            let lost = self.rounds.lost() as f64 >= FEWEST_PACKETS * self.packet
                && self.rounds.loss() > self.config.loss_tolerance;
            if lost || loss.bytes == 0 {
                self.undo = Some(self.window);
                self.leave_slow_start();
            } else {
                self.recover(loss.bytes);
            }
        } else if loss.bytes == 0 || self.loss_is_congestion() {
            self.undo = Some(self.window);
            self.on_congestion();
        } else {
            self.recover(loss.bytes);
        }
    }

    /// The packets last reported lost have arrived after all.
    pub fn on_spurious_loss(&mut self) {
        if let Some(window) = self.undo.take() {
            self.drain = None;
            self.set_window(self.window.max(window));
        }
    }

    /// The size of the path's packets has changed.
    pub fn on_packet_size(&mut self, packet_bytes: u16) {
        self.packet = f64::from(packet_bytes.max(1));
        self.set_window(self.window);
    }

    /// Bytes that may be in flight.
    pub fn window(&self) -> u64 {
        self.window as u64
    }

    /// Bytes per second at which to send; `None` before the first round-trip time.
    pub fn pacing_rate(&self) -> Option<u64> {
        let gain = match self.phase {
            Phase::SlowStart { .. } => self.config.slow_start_gain,
            _ => self.config.pacing_gain,
        };
        (self.smoothed_rtt > 0.0).then(|| (gain * self.window / self.smoothed_rtt).clamp(1.0, 1e15) as u64)
    }

    /// The state, for traces.
    pub fn metrics(&self) -> Metrics {
        Metrics {
            window: self.window(),
            ssthresh: self.ssthresh.is_finite().then_some(self.ssthresh as u64),
            pacing_rate: self.pacing_rate(),
            delivered: (self.avgbew > 0.0).then_some(self.avgbew as u64),
            link_rate: (self.capacity > 0.0).then_some(self.capacity as u64),
            min_rtt: self.min_rtt.get().and_then(|rtt| Duration::try_from_secs_f64(rtt).ok()),
            loss_rate: self.loss.rate(),
            mode: match self.phase {
                Phase::SlowStart { .. } => Mode::SlowStart,
                Phase::Avoidance => Mode::Avoidance,
                Phase::Competition(_) => Mode::Competition,
            },
            saturated: self.saturated,
        }
    }

    fn advance(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    fn set_window(&mut self, window: f64) {
        let least = self.packet * f64::from(self.config.minimum_window);
        let most = (self.config.maximum_window as f64).max(least);
        self.window = if window.is_finite() { window.clamp(least, most) } else { least };
    }

    /// The smallest of the last round-trip times, seconds.
    fn current_rtt(&self) -> Option<f64> {
        let rtt = self.samples.iter().copied().fold(f64::INFINITY, f64::min);
        rtt.is_finite().then_some(rtt)
    }

    /// Delay in the queue now, seconds.
    fn current_queue(&self) -> Option<f64> {
        Some((self.current_rtt()? - self.min_rtt.get()?).max(0.0))
    }

    /// A delay that is no queue: a fraction of the round-trip time, and some packets' time at the delivered flow.
    fn no_queue(&self, min_rtt: f64) -> f64 {
        let burst =
            if self.avgbew > 0.0 { 0.5 * self.config.queue_floor * self.packet / self.avgbew } else { 0.0 };
        (self.config.empty_queue * min_rtt).max(burst)
    }

    // --- growth, driven by acknowledgements

    fn grow(&mut self, bytes: f64) {
        let packets = self.window / self.packet;
        let increase = match &self.phase {
            Phase::SlowStart { .. } => bytes,
            Phase::Avoidance => {
                let linear = 1.0 + self.config.growth * f64::from(self.growing);
                let open =
                    if !self.saturated && self.empty > 0 { self.config.open_growth * packets } else { 0.0 };
                linear.max(open) * self.packet * bytes / self.window
            }
            Phase::Competition(competition) if competition.entering => self.config.entry_growth * bytes,
            Phase::Competition(competition) => {
                let (now, rtt) = (self.now.as_secs_f64(), self.smoothed_rtt);
                let cubic = competition.growth.increase(packets, bytes / self.packet, now, rtt) * self.packet;
                if self.share() < self.config.low_share {
                    cubic + self.config.catch_up * bytes
                } else {
                    cubic
                }
            }
        };
        self.set_window(self.window + increase.min(bytes));
        if matches!(self.phase, Phase::SlowStart { .. }) && self.window >= self.ssthresh {
            self.enter_avoidance();
        }
    }

    fn end_recovery(&mut self) {
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
    fn recover(&mut self, lost: u64) {
        let restore = self.recovery.map_or(self.window, |recovery| recovery.restore);
        self.recovery.get_or_insert(Recovery { restore, acks: 0 });
        let lowered = (self.window + self.loss.b(lost)).max(restore / 2.0);
        self.set_window(lowered);
    }

    // --- slow start

    /// DIFF against the delivered flow, at each acknowledgement.
    fn slow_start_is_over(&self) -> bool {
        let (Some(rtt), Some(min_rtt)) = (self.current_rtt(), self.min_rtt.get()) else { return false };
        let flow = self.window * min_rtt / rtt;
        self.window - flow
            > (self.config.slow_start_queue * flow).max(2.0 * self.config.queue_floor * self.packet)
    }

    /// Half the window fitted the path a round ago; more only where more is being delivered.
    fn leave_slow_start(&mut self) {
        let delivered = self.rates[1].max(self.rates[0]) * self.min_rtt.get().unwrap_or(0.0);
        let queue = self.current_queue().unwrap_or(0.0);
        let before = self.window;
        self.recovery = None;
        self.set_window(delivered.clamp(self.window / 2.0, self.window));
        self.enter_avoidance();
        self.lowered = Some(self.now);
        let left = self.config.drained * queue;
        self.drain = Some(Drain { before, queue, started: self.now, rounds: 0, left, judged: false, disturbed: false });
    }

    fn enter_avoidance(&mut self) {
        self.ssthresh = self.window;
        self.phase = Phase::Avoidance;
        self.growing = 0;
        self.empty = 0;
        self.saturated = false;
        self.checkpoint = (self.window, self.avgbew);
    }

    fn collapse(&mut self) {
        self.ssthresh = (self.window / 2.0).max(self.packet * f64::from(self.config.minimum_window));
        self.set_window(0.0);
        self.phase = Phase::SlowStart { last: None };
        self.drain = None;
        self.recovery = None;
        self.undo = None;
        self.lowered = Some(self.now);
    }

    // --- rounds

    fn on_round(&mut self, round: Round) {
        let Some(min_rtt) = self.min_rtt.get() else { return };
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

    /// The acknowledgement rate should have grown as the window did a round before.
    fn judge_ack_rate(&mut self, round: Round, before: Option<(f64, f64)>) {
        let Some((last_rate, last_window)) = before else { return };
        if (round.acked as f64) < FEWEST_PACKETS * self.packet {
            return;
        }
        let expected = last_rate * (self.window / last_window).clamp(1.0, 2.0);
        if expected > 0.0 && 1.0 - round.rate / expected > self.config.ack_rate_change {
            self.leave_slow_start();
        }
    }

    fn avoid(&mut self, round: Round, min_rtt: f64) {
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
    fn judge_yield(&mut self) {
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
    fn delivered(&self) -> f64 {
        self.rates[0].max(self.rates[1]) / (1.0 - self.loss.rate().min(0.5))
    }

    /// A delivered flow far below what window and round-trip time promise corrects the window.
    fn correct(&mut self, round: Round) {
        let theoretical = self.window / round.rtt;
        let delivered = self.delivered();
        if self.rates[0] > 0.0 && delivered < (1.0 - self.config.diff_fraction) * theoretical {
            self.undo = None;
            self.set_window(delivered * round.rtt);
            self.lowered = Some(self.now);
            self.growing = 0;
        }
    }

    // --- congestion

    /// A loss beside a long queue, or too many losses without one.
    fn loss_is_congestion(&self) -> bool {
        let (Some(queue), Some(min_rtt)) = (self.current_queue(), self.min_rtt.get()) else { return false };
        let longest = self.max_queue.get().unwrap_or(queue);
        (queue > self.no_queue(min_rtt) && queue >= self.config.loss_queue * longest)
            || self.loss.is_excessive()
    }

    fn on_congestion(&mut self) {
        self.recovery = None;
        self.lowered = Some(self.now);
        let packet = self.packet;
        // A flow that has most of the link yields more than Cubic does, so that their shares approach.
        let excess = (self.share() - self.config.high_share).max(0.0);
        let beta = (self.config.beta - self.config.share_gain * excess).max(0.5);
        // An estimate of the link that was too large would let the flow grow for ever: it is believed less each time.
        self.capacity *= self.config.estimate_decay;
        if let Phase::Competition(competition) = &mut self.phase {
            (competition.entering, competition.quiet) = (false, 0);
            let window = self.drain.map_or(self.window, |drain| drain.before);
            let lowered =
                competition.growth.on_congestion(window / packet, self.now.as_secs_f64(), beta) * packet;
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
    fn lost_more_than_random(&self, besides: f64) -> bool {
        self.rounds.lost() as f64 > (2.0 * self.random_loss + besides) * self.window
    }

    /// Alone, the flow drains a long queue before it overflows. One that overflows again and again is also another's.
    fn overflow_is_foreign(&mut self) -> bool {
        let (Some(queue), Some(min_rtt)) = (self.current_queue(), self.min_rtt.get()) else { return false };
        let long = self.config.overflow_queue * self.config.saturation_queue * min_rtt;
        if !self.overflowed && queue >= long && self.lost_more_than_random(self.config.overflow_loss) {
            self.overflowed = true;
            self.overflows += 1;
        }
        self.overflows >= self.config.foreign_overflows
    }

    /// `ssthresh = wnd * a`: corrects the window to a little less than the delivered flow.
    fn start_drain(&mut self, rtt: f64) {
        let min_rtt = self.min_rtt.get().unwrap_or(rtt);
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
        self.drain = Some(Drain { before, queue, started: self.now, rounds: 0, left, judged: true, disturbed: false });
    }

    fn judge_drain(&mut self, mut drain: Drain, queue: f64, min_rtt: f64) {
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

    fn end_drain(&mut self, drain: Drain, emptied: bool) {
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

    // --- competition

    /// The flow's share of the link, as far as it knows the link's rate.
    fn share(&self) -> f64 {
        if self.capacity > 0.0 { (self.avgbew / self.capacity).min(1.0) } else { 0.5 }
    }

    fn enter_competition(&mut self, window: f64) {
        (self.foreign, self.overflows) = (0, 0);
        self.set_window(window);
        let (packets, now) = (self.window / self.packet, self.now.as_secs_f64());
        let growth = CubicGrowth::at(packets, now, self.config.cubic);
        self.phase =
            Phase::Competition(Competition { growth, entering: true, rounds: 0, quiet: 0, queue: 0.0 });
    }

    fn leave_competition(&mut self) {
        self.phase = Phase::Avoidance;
        (self.foreign, self.overflows, self.growing) = (0, 0, 0);
    }

    fn compete(&mut self, round: Round, queue: f64) {
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
    fn start_test(&mut self, rtt: f64, queue: f64) {
        if let Phase::Competition(competition) = &mut self.phase {
            competition.rounds = 0;
        }
        let before = self.window;
        let fall = self.config.test_fall * queue;
        self.set_window(self.window * (1.0 - fall / rtt));
        self.lowered = Some(self.now);
        let left = queue - self.config.own_fall * fall;
        self.drain = Some(Drain { before, queue, started: self.now, rounds: 0, left, judged: true, disturbed: false });
    }
}
