//! The controller: which rule applies when.

mod avoidance;
mod competition;
mod congestion;
mod drain;
mod slow_start;

use core::time::Duration;

use crate::config::{Config, ConfigError};
use crate::cubic::CubicGrowth;
use crate::event::{Ack, Loss, Metrics, Mode};
use crate::filter::{RecentMax, RecentMin};
use crate::jitter::Jitter;
use crate::loss::LossEstimator;
use crate::round::RoundTracker;

/// Acknowledgements whose smallest round-trip time counts as the current one (HyStart++, RFC 9406, takes eight too).
const CURRENT_RTT_SAMPLES: usize = 8;
/// Fewest packets of a round for a verdict on its rate or losses.
const FEWEST_PACKETS: f64 = 8.0;

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
    /// Time of the last congestion or the beginning, seconds, and the mean time from one to the next.
    congested: f64,
    cycle: f64,
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
    jitter: Jitter,
    /// Round-trip time of the youngest packet of the acknowledgement in progress, unless the application limits.
    newest: Option<f64>,
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
            jitter: Jitter::new(config.min_rtt_memory),
            newest: None,
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
        if ack.app_limited {
            self.jitter.pause();
        } else {
            self.newest = Some(self.newest.map_or(rtt, |newest| newest.min(rtt)));
        }
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
        if let Some(rtt) = self.newest.take() {
            self.jitter.note(self.now, rtt);
        }
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

    /// The round-trip time that the flow sees without a queue, seconds: the smallest one, and what jitter adds to it.
    fn base_rtt(&self) -> Option<f64> {
        let least = self.min_rtt.get()?;
        let jitter = self.jitter.median();
        // Less is the bursts of other flows.
        let counts = jitter > self.config.jitter_least * least;
        let longer = if counts { self.config.jitter_gain * jitter } else { 0.0 };
        Some(least + longer.min(self.config.jitter_limit * least))
    }

    /// Delay in the queue now, seconds.
    fn current_queue(&self) -> Option<f64> {
        Some((self.current_rtt()? - self.base_rtt()?).max(0.0))
    }

    /// A delay that is no queue: a fraction of the round-trip time, and some packets' time at the delivered flow.
    fn no_queue(&self, min_rtt: f64) -> f64 {
        let burst =
            if self.avgbew > 0.0 { 0.5 * self.config.queue_floor * self.packet / self.avgbew } else { 0.0 };
        (self.config.empty_queue * min_rtt).max(burst)
    }
}
