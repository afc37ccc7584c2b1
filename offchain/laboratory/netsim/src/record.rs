//! What a run measures.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::link::Nanos;
use crate::scenario::Scenario;

/// Samples of the course of a run.
const SAMPLES: u32 = 400;

/// What a flow achieved after the warm-up.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FlowResult {
    /// Bytes that its receiver's application read, in bits per second.
    pub goodput: f64,
    /// The same over the whole run, start included.
    pub whole_goodput: f64,
    /// Round-trip time of its packets in milliseconds, queue included: mean.
    #[serde(deserialize_with = "number_or_null")]
    pub rtt_mean: f64,
    /// Median of the round-trip times, in milliseconds.
    #[serde(deserialize_with = "number_or_null")]
    pub rtt_p50: f64,
    /// 95th percentile of the round-trip times, in milliseconds.
    #[serde(deserialize_with = "number_or_null")]
    pub rtt_p95: f64,
    /// 99th percentile of the round-trip times, in milliseconds.
    #[serde(deserialize_with = "number_or_null")]
    pub rtt_p99: f64,
    /// Number of packets sent, repeated ones too.
    pub sent: u64,
    /// Of these, dropped by the queue: its own loss.
    pub dropped: u64,
    /// Lost on the way at random.
    pub lost: u64,
    /// Packets that its connection declared lost in the whole run.
    pub declared_lost: u64,
}

/// JSON has no number for the round-trip time of no packet.
fn number_or_null<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

impl FlowResult {
    /// The share of its packets that the queue dropped.
    pub fn own_loss(&self) -> f64 {
        self.dropped as f64 / self.sent.max(1) as f64
    }
}

/// One moment of a flow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowSample {
    /// Bits per second since the last sample.
    pub goodput: f64,
    /// Round-trip time of its last packet, milliseconds.
    pub rtt: f64,
    /// Congestion window, bytes.
    pub window: u64,
    /// State of the controller, where it is UDX.
    pub udx: Option<bithive_udx::Metrics>,
}

/// One moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Seconds since the run began.
    pub time: f64,
    /// Bytes waiting in the queue.
    pub queue: u64,
    /// Samples of the flows, in the scenario's order.
    pub flows: Vec<FlowSample>,
}

/// What a run measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RunResult {
    /// Results of the flows, in the scenario's order.
    pub flows: Vec<FlowResult>,
    /// Mean bytes waiting in the queue after the warm-up.
    pub queue_mean: f64,
    /// The course of the run, where it was asked for.
    #[serde(skip)]
    pub trace: Vec<Sample>,
}

#[derive(Clone, Debug, Default)]
struct FlowRecord {
    sent: u64,
    dropped: u64,
    lost: u64,
    rtts: Vec<f32>,
    last_rtt: f64,
    last_received: u64,
    at_warm_up: Option<u64>,
}

pub(crate) struct Recorder {
    warm_up: Nanos,
    duration: Nanos,
    starts: Vec<Nanos>,
    interval: Nanos,
    keep: bool,
    flows: Vec<FlowRecord>,
    queue_sum: f64,
    queue_samples: u32,
    trace: Vec<Sample>,
}

impl Recorder {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            warm_up: scenario.warm_up.as_nanos() as Nanos,
            duration: scenario.duration.as_nanos() as Nanos,
            starts: scenario.flows.iter().map(|flow| flow.start.as_nanos() as Nanos).collect(),
            interval: ((scenario.duration / SAMPLES).as_nanos() as Nanos).max(1),
            keep: scenario.trace,
            flows: vec![FlowRecord::default(); scenario.flows.len()],
            queue_sum: 0.0,
            queue_samples: 0,
            trace: Vec::new(),
        }
    }

    pub(crate) fn interval(&self) -> Nanos {
        self.interval
    }

    pub(crate) fn sent(&mut self, flow: usize, _now: Nanos) {
        if let Some(record) = self.flows.get_mut(flow) {
            record.sent += 1;
        }
    }

    pub(crate) fn dropped(&mut self, flow: usize) {
        if let Some(record) = self.flows.get_mut(flow) {
            record.dropped += 1;
        }
    }

    pub(crate) fn lost(&mut self, flow: usize) {
        if let Some(record) = self.flows.get_mut(flow) {
            record.lost += 1;
        }
    }

    pub(crate) fn round_trip(&mut self, flow: usize, now: Nanos, rtt: Nanos) {
        let warm = now >= self.warm_up;
        if let Some(record) = self.flows.get_mut(flow) {
            record.last_rtt = rtt as f64 / 1e6;
            if warm {
                record.rtts.push(record.last_rtt as f32);
            }
        }
    }

    pub(crate) fn sample(
        &mut self,
        now: Nanos,
        queue: u64,
        states: impl Iterator<Item = (u64, u64, Option<bithive_udx::Metrics>)>,
    ) {
        let warm = now >= self.warm_up;
        if warm {
            self.queue_sum += queue as f64;
            self.queue_samples += 1;
        }
        let seconds = self.interval as f64 / 1e9;
        let mut flows = Vec::new();
        for (record, (received, window, udx)) in self.flows.iter_mut().zip(states) {
            if warm {
                record.at_warm_up.get_or_insert(received);
            }
            let goodput = received.saturating_sub(record.last_received) as f64 * 8.0 / seconds;
            record.last_received = received;
            flows.push(FlowSample { goodput, rtt: record.last_rtt, window, udx });
        }
        if self.keep {
            self.trace.push(Sample { time: now as f64 / 1e9, queue, flows });
        }
    }

    pub(crate) fn flow(&mut self, index: usize, received: u64, (_, declared_lost): (u64, u64)) -> FlowResult {
        let mut record = self.flows.get(index).cloned().unwrap_or_default();
        let start = self.starts.get(index).copied().unwrap_or(0);
        let seconds =
            |from: Nanos| Duration::from_nanos(self.duration.saturating_sub(from).max(1)).as_secs_f64();
        // Measured from the first sample after the warm-up on, which is at most an interval late.
        let from = self.warm_up.div_ceil(self.interval) * self.interval;
        let measured = received.saturating_sub(record.at_warm_up.unwrap_or(received));
        record.rtts.sort_by(f32::total_cmp);
        let percentile = |share: f64| {
            let rank = ((record.rtts.len() as f64 * share) as usize).min(record.rtts.len().saturating_sub(1));
            record.rtts.get(rank).copied().map_or(f64::NAN, f64::from)
        };
        let sum: f64 = record.rtts.iter().copied().map(f64::from).sum();
        FlowResult {
            goodput: measured as f64 * 8.0 / seconds(from.max(start)),
            whole_goodput: received as f64 * 8.0 / seconds(start),
            rtt_mean: sum / record.rtts.len() as f64,
            rtt_p50: percentile(0.5),
            rtt_p95: percentile(0.95),
            rtt_p99: percentile(0.99),
            sent: record.sent,
            dropped: record.dropped,
            lost: record.lost,
            declared_lost,
        }
    }

    pub(crate) fn result(self, flows: Vec<FlowResult>) -> RunResult {
        let queue_mean = self.queue_sum / f64::from(self.queue_samples.max(1));
        RunResult { flows, queue_mean, trace: self.trace }
    }
}
