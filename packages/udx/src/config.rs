//! Every constant of the controller, by name.

use core::time::Duration;

use thiserror::Error;

/// Constants of the controller. [`Config::default`] holds the values that the README justifies by measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Window of a fresh path, in packets (RFC 9002 section 7.2: ten).
    pub initial_window: u32,
    /// The window is never smaller, in packets. Four keep two acknowledgements in flight.
    pub minimum_window: u32,
    /// The window is never larger, in bytes: bounds the sender's memory.
    pub maximum_window: u64,
    /// K: slow start ends when the acknowledgement rate falls this fraction short of what the window's growth
    /// lets expect.
    pub ack_rate_change: f64,
    /// The most that DIFF, the data in the queue, may be as a fraction of the delivered flow (avgbew): a flow that
    /// is not saturated grows up to it, and a delivered flow that falls this far short corrects the window.
    pub diff_fraction: f64,
    /// Slow start ends when DIFF exceeds this fraction of the delivered flow. Less than `diff_fraction`: while the
    /// window doubles, a round passes before the queue shows in a round-trip time.
    pub slow_start_queue: f64,
    /// Packets that DIFF may reach however small the delivered flow is: a burst of the pacer is no queue.
    pub queue_floor: f64,
    /// An increase that yields no more than this fraction more delivered flow has found the maximum.
    pub saturation_yield: f64,
    /// The data in the queue that a saturated flow builds before it drains, as a fraction of the delivered flow.
    pub saturation_queue: f64,
    /// Pacing rate as a multiple of window per round-trip time: what the document sends at when saturated.
    pub pacing_gain: f64,
    /// Pacing in slow start, likewise.
    pub slow_start_gain: f64,
    /// A drain leaves this fraction of the delivered flow in flight; below 1 the queue empties.
    pub drain: f64,
    /// Packets by which the growth of each round exceeds the last one's.
    pub growth: f64,
    /// The most that the window grows in a round: this fraction of it, or one packet if that is more.
    pub growth_limit: f64,
    /// A queue below this fraction of the smallest round-trip time counts as empty.
    pub empty_queue: f64,
    /// Fraction by which the window grows in a round while the queue stays empty and the flow is not saturated.
    pub open_growth: f64,
    /// Rounds of growth without a queue after which a saturated flow is no longer taken for saturated.
    pub open_rounds: u32,
    /// Weight of the newest round in the Westwood estimate.
    pub westwood_gain: f64,
    /// The loss rate is estimated once in this many acknowledgements.
    pub loss_acks: u32,
    /// Weight of the newest estimate in the loss rate.
    pub loss_gain: f64,
    /// Losses above this rate count as congestion although no queue shows.
    pub loss_tolerance: f64,
    /// A loss with a queue above this fraction of the largest recent queue counts as congestion.
    pub loss_queue: f64,
    /// On a path of fewer packets every loss counts as congestion: a queue of one is as long as the path, so delay
    /// says nothing.
    pub small_window: f64,
    /// New acknowledgements after which recovery ends and the window is restored.
    pub recovery_acks: u32,
    /// Rounds that a drain may take to empty the queue.
    pub drain_rounds: u32,
    /// A drain has emptied the queue if no more than this fraction of it is left.
    pub drained: f64,
    /// After this many drains in succession that do not empty the queue, the flow takes it for another's and competes.
    pub foreign_drains: u32,
    /// Rounds between two tests by which a competing flow finds out whether it is alone again.
    pub test_rounds: u32,
    /// A test lowers the window so that the queue of a flow that is alone falls by this fraction.
    pub test_fall: f64,
    /// The flow is alone if the queue falls by at least this fraction of what the test aims at.
    pub own_fall: f64,
    /// A queue that falls below this fraction of itself in a round without a loss shows that another flow makes a test.
    pub echo: f64,
    /// An overflow counts as another flow's if the queue is longer than this fraction of `saturation_queue` ...
    pub overflow_queue: f64,
    /// ... and if the round loses more than twice the random loss and this fraction of the window.
    pub overflow_loss: f64,
    /// After this many such overflows, without a drain for delay between them, the flow competes.
    pub foreign_overflows: u32,
    /// Bytes that a flow that begins to compete adds per byte acknowledged, until its first congestion.
    pub entry_growth: f64,
    /// Multiplicative decrease of a competing flow (RFC 9438 section 4.6).
    pub beta: f64,
    /// A competing flow with a smaller share of the link than this catches up.
    pub low_share: f64,
    /// One with a larger share than this yields more.
    pub high_share: f64,
    /// Bytes that a flow that catches up adds per byte acknowledged, besides Cubic's growth.
    pub catch_up: f64,
    /// Factor on the estimate of the link's rate at each congestion, until it is measured again.
    pub estimate_decay: f64,
    /// How much `beta` is lowered for each share of the link above `high_share`; it is never below 0.5.
    pub share_gain: f64,
    /// C of a competing flow's growth, in packets per cubic second (RFC 9438 section 5.1).
    pub cubic: f64,
    /// Jitter, the median difference of successive round-trip times, counts above this fraction of the smallest one.
    pub jitter_least: f64,
    /// How much longer than its smallest round-trip time a path with jitter is for a flow that fills it, in such
    /// medians. Of jitter that is spread evenly over a range the median is 0.29 of the range.
    pub jitter_gain: f64,
    /// The most that jitter adds to the length of the path, as a fraction of the smallest round-trip time.
    pub jitter_limit: f64,
    /// How long the smallest round-trip time is remembered.
    pub min_rtt_memory: Duration,
    /// How long the largest queue is remembered.
    pub max_queue_memory: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            initial_window: 10,
            minimum_window: 4,
            maximum_window: 256 << 20,
            ack_rate_change: 0.35,
            diff_fraction: 0.35,
            slow_start_queue: 0.125,
            queue_floor: 4.0,
            saturation_yield: 0.05,
            saturation_queue: 0.20,
            pacing_gain: 1.25,
            slow_start_gain: 1.25,
            drain: 0.97,
            growth: 2.0,
            growth_limit: 0.125,
            empty_queue: 0.04,
            open_growth: 0.125,
            open_rounds: 12,
            westwood_gain: 0.25,
            loss_acks: 100,
            loss_gain: 0.25,
            loss_tolerance: 0.10,
            loss_queue: 0.5,
            small_window: 12.0,
            recovery_acks: 2,
            drain_rounds: 3,
            drained: 0.35,
            foreign_drains: 2,
            test_rounds: 48,
            test_fall: 0.75,
            own_fall: 0.9,
            echo: 0.6,
            overflow_queue: 0.75,
            overflow_loss: 0.01,
            foreign_overflows: 2,
            entry_growth: 0.1,
            beta: 0.7,
            low_share: 0.35,
            high_share: 0.55,
            catch_up: 0.1,
            estimate_decay: 0.9,
            share_gain: 1.0,
            cubic: 0.4,
            jitter_least: 0.05,
            jitter_gain: 2.5,
            jitter_limit: 1.0,
            min_rtt_memory: Duration::from_secs(60),
            max_queue_memory: Duration::from_secs(10),
        }
    }
}

/// A constant that the controller cannot work with.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{field} is {value}, expected {expected}")]
pub struct ConfigError {
    /// The field of [`Config`].
    pub field: &'static str,
    /// What it holds.
    pub value: f64,
    /// What it may hold.
    pub expected: &'static str,
}

impl Config {
    /// Checks every field.
    ///
    /// # Errors
    /// The first field out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        const FRACTION: (f64, f64, &str) = (0.0, 1.0, "a number above 0 and at most 1");
        const COUNT: (f64, f64, &str) = (0.5, 1e6, "a whole number from 1 to 1,000,000");
        const GAIN: (f64, f64, &str) = (0.99, 4.0, "a number from 1 to 4");
        const POSITIVE: (f64, f64, &str) = (0.0, 1e3, "a number above 0 and at most 1,000");
        const SECONDS: (f64, f64, &str) = (0.0, 1e5, "a time above 0 and at most 100,000 s");
        let fields = [
            ("initial_window", f64::from(self.initial_window), COUNT),
            ("minimum_window", f64::from(self.minimum_window), COUNT),
            ("maximum_window", self.maximum_window as f64, (65_535.0, 2f64.powi(40), "64 KiB to 1 TiB")),
            ("ack_rate_change", self.ack_rate_change, FRACTION),
            ("diff_fraction", self.diff_fraction, FRACTION),
            ("slow_start_queue", self.slow_start_queue, FRACTION),
            ("queue_floor", self.queue_floor, POSITIVE),
            ("saturation_yield", self.saturation_yield, FRACTION),
            ("saturation_queue", self.saturation_queue, FRACTION),
            ("pacing_gain", self.pacing_gain, GAIN),
            ("slow_start_gain", self.slow_start_gain, GAIN),
            ("drain", self.drain, FRACTION),
            ("growth", self.growth, POSITIVE),
            ("growth_limit", self.growth_limit, FRACTION),
            ("empty_queue", self.empty_queue, FRACTION),
            ("open_growth", self.open_growth, FRACTION),
            ("open_rounds", f64::from(self.open_rounds), COUNT),
            ("westwood_gain", self.westwood_gain, FRACTION),
            ("loss_acks", f64::from(self.loss_acks), COUNT),
            ("loss_gain", self.loss_gain, FRACTION),
            ("loss_tolerance", self.loss_tolerance, FRACTION),
            ("loss_queue", self.loss_queue, FRACTION),
            ("small_window", self.small_window, POSITIVE),
            ("recovery_acks", f64::from(self.recovery_acks), COUNT),
            ("drain_rounds", f64::from(self.drain_rounds), COUNT),
            ("drained", self.drained, FRACTION),
            ("foreign_drains", f64::from(self.foreign_drains), COUNT),
            ("test_rounds", f64::from(self.test_rounds), COUNT),
            ("test_fall", self.test_fall, FRACTION),
            ("own_fall", self.own_fall, FRACTION),
            ("echo", self.echo, FRACTION),
            ("overflow_queue", self.overflow_queue, FRACTION),
            ("overflow_loss", self.overflow_loss, FRACTION),
            ("foreign_overflows", f64::from(self.foreign_overflows), COUNT),
            ("entry_growth", self.entry_growth, FRACTION),
            ("beta", self.beta, FRACTION),
            ("low_share", self.low_share, FRACTION),
            ("high_share", self.high_share, FRACTION),
            ("catch_up", self.catch_up, FRACTION),
            ("estimate_decay", self.estimate_decay, FRACTION),
            ("share_gain", self.share_gain, FRACTION),
            ("cubic", self.cubic, POSITIVE),
            ("jitter_least", self.jitter_least, FRACTION),
            ("jitter_gain", self.jitter_gain, POSITIVE),
            ("jitter_limit", self.jitter_limit, POSITIVE),
            ("min_rtt_memory", self.min_rtt_memory.as_secs_f64(), SECONDS),
            ("max_queue_memory", self.max_queue_memory.as_secs_f64(), SECONDS),
        ];
        for (field, value, (above, most, expected)) in fields {
            if !(value > above && value <= most) {
                return Err(ConfigError { field, value, expected });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range() {
        assert_eq!(Config::default().validate(), Ok(()));
    }

    #[test]
    fn a_constant_out_of_range_is_named() {
        for (config, field) in [
            (Config { drain: 0.0, ..Config::default() }, "drain"),
            (Config { beta: f64::NAN, ..Config::default() }, "beta"),
            (Config { pacing_gain: 0.5, ..Config::default() }, "pacing_gain"),
            (Config { minimum_window: 0, ..Config::default() }, "minimum_window"),
            (Config { maximum_window: 1, ..Config::default() }, "maximum_window"),
            (Config { min_rtt_memory: Duration::ZERO, ..Config::default() }, "min_rtt_memory"),
        ] {
            assert_eq!(config.validate().map_err(|error| error.field), Err(field));
        }
    }
}
