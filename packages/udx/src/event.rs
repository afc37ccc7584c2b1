//! What a controller is told, and what it shows.

use core::time::Duration;

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
