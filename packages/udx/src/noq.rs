//! UDX ([`crate::Udx`]) as a congestion controller of the QUIC library.
//!
//! Give a [`UdxFactory`] to `TransportConfig::congestion_controller_factory`; each path of each connection gets a
//! controller of its own. The library paces at the controller's rate and writes its window, threshold and rate into
//! the `quic:recovery_metrics_updated` events of a qlog trace where its `qlog` feature is on.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::{Ack, Config, ConfigError, Loss, Udx};
use noq_proto::RttEstimator;
use noq_proto::congestion::{Controller, ControllerFactory, ControllerMetrics};

/// Makes a UDX controller for each path.
#[derive(Clone, Debug)]
pub struct UdxFactory {
    config: Config,
    fresh: Udx,
}

/// Packet size of a fresh path, bytes (RFC 9000 section 14.1); the path's own size follows at once.
const SMALLEST_PACKET: u16 = 1200;

impl UdxFactory {
    /// A factory of controllers with these constants.
    ///
    /// # Errors
    /// A constant out of its range.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let fresh = Udx::new(config.clone(), SMALLEST_PACKET)?;
        Ok(Self { config, fresh })
    }

    /// The constants of every controller.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl ControllerFactory for UdxFactory {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        // The constants were checked when the factory was made, so this cannot fall back.
        let udx = Udx::new(self.config.clone(), current_mtu).unwrap_or_else(|_| self.fresh.clone());
        Box::new(UdxController { initial: udx.window(), udx, epoch: now })
    }
}

/// No path is taken for shorter. On one machine or in one rack most of a round-trip time is the wait for a processor,
/// and that varies by more than the whole path: as a queue it would hold up a flow that has none.
const SHORTEST_PATH: Duration = Duration::from_millis(1);

/// A [`Udx`] behind the library's trait: moments become times since the path began, and no round-trip time is below a
/// millisecond. Nothing else happens here.
#[derive(Clone, Debug)]
pub struct UdxController {
    udx: Udx,
    initial: u64,
    epoch: Instant,
}

impl UdxController {
    /// The controller's state, for traces.
    pub fn metrics(&self) -> crate::Metrics {
        self.udx.metrics()
    }

    fn acknowledged(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool) {
        let now = self.since(now);
        let sent = self.since(sent).min(now - SHORTEST_PATH);
        self.udx.on_ack(Ack { now, sent, bytes, app_limited });
    }

    fn since(&self, moment: Instant) -> Duration {
        // Whatever is acknowledged was sent a shortest path before, even at the beginning.
        moment.saturating_duration_since(self.epoch) + SHORTEST_PATH
    }
}

impl Controller for UdxController {
    fn on_sent(&mut self, now: Instant, _bytes: u64, _largest_pn: u64) {
        self.udx.on_sent(self.since(now));
    }

    fn on_ack(
        &mut self,
        now: Instant,
        sent: Instant,
        bytes: u64,
        _pn: u64,
        app_limited: bool,
        _rtt: &RttEstimator,
    ) {
        self.acknowledged(now, sent, bytes, app_limited);
    }

    fn on_end_acks(&mut self, now: Instant, _in_flight: u64, _app_limited: bool, _largest: Option<u64>) {
        self.udx.on_acks_end(self.since(now));
    }

    fn on_congestion_event(
        &mut self,
        now: Instant,
        sent: Instant,
        is_persistent_congestion: bool,
        is_ecn: bool,
        lost_bytes: u64,
        _largest_lost_pn: u64,
    ) {
        let bytes = if is_ecn { 0 } else { lost_bytes };
        let (now, sent) = (self.since(now), self.since(sent));
        self.udx.on_loss(Loss { now, sent, bytes, persistent: is_persistent_congestion });
    }

    fn on_spurious_congestion_event(&mut self) {
        self.udx.on_spurious_loss();
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.udx.on_packet_size(new_mtu);
    }

    fn window(&self) -> u64 {
        self.udx.window()
    }

    fn metrics(&self) -> ControllerMetrics {
        let state = self.udx.metrics();
        let mut metrics = ControllerMetrics::default();
        metrics.congestion_window = state.window;
        metrics.ssthresh = state.ssthresh;
        metrics.pacing_rate = state.pacing_rate;
        metrics.bandwidth_estimate = state.delivered.map(|bytes| bytes.saturating_mul(8));
        metrics
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.initial
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The controller and the round-trip time it knows after packets that took so many microseconds.
    fn after(trips: &[u64]) -> (UdxController, Option<Duration>) {
        let epoch = Instant::now();
        let at = |micros: u64| epoch + Duration::from_micros(micros);
        let config = Config::default();
        let udx = Udx::new(config, SMALLEST_PACKET).unwrap();
        let mut controller = UdxController { initial: udx.window(), udx, epoch };
        for (index, trip) in (0u64..).zip(trips) {
            controller.acknowledged(at(index * 1000 + trip), at(index * 1000), 1200, false);
        }
        let known = controller.metrics().min_rtt;
        (controller, known)
    }

    #[test]
    fn the_first_acknowledgements_of_a_path_on_one_machine_show_the_shortest_path_and_no_queue() {
        // What a busy machine does to a path of 60 microseconds.
        let noisy = after(&[60, 900, 70, 950, 61, 400]);
        let still = after(&[1000; 6]);
        assert_eq!((noisy.1, still.1), (Some(SHORTEST_PATH), Some(SHORTEST_PATH)));
        assert_eq!(noisy.0.metrics().pacing_rate, still.0.metrics().pacing_rate);
    }

    #[test]
    fn a_longer_path_is_known_as_long_as_it_is() {
        assert_eq!(after(&[1500, 5000]).1, Some(Duration::from_micros(1500)));
    }
}
