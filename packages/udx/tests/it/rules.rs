//! Each rule of the controller on a small model path: a rate, a delay and a queue.

use std::collections::VecDeque;
use std::time::Duration;

use bithive_udx::{Ack, Config, Loss, Mode, Udx};

const PACKET: u16 = 1000;
const STEP: Duration = Duration::from_micros(100);

/// A path of 10 packets per millisecond (80 Mbit/s) and 50 ms: 500 packets fill it. The sender keeps its window in
/// flight; `foreign` bytes of another flow stand in the queue.
struct Path {
    udx: Udx,
    now: Duration,
    /// Send time and delivery time of each packet in flight, lost ones marked.
    flight: VecDeque<(Duration, Duration, bool)>,
    busy_until: Duration,
    packet_time: Duration,
    foreign: Duration,
    queue_limit: Duration,
    lose_each: Option<u64>,
    sent: u64,
    credit: f64,
    app_limited: bool,
    /// Packets take up to this much longer, in their order.
    jitter: Duration,
    last_delivery: Duration,
    acked: u64,
}

impl Path {
    const DELAY: Duration = Duration::from_millis(50);

    fn new() -> Self {
        Self {
            udx: Udx::new(Config::default(), PACKET).unwrap(),
            now: Duration::ZERO,
            flight: VecDeque::new(),
            busy_until: Duration::ZERO,
            packet_time: Duration::from_micros(100),
            foreign: Duration::ZERO,
            queue_limit: Duration::from_millis(50),
            lose_each: None,
            sent: 0,
            credit: 10.0,
            app_limited: false,
            jitter: Duration::ZERO,
            last_delivery: Duration::ZERO,
            acked: 0,
        }
    }

    fn run(&mut self, seconds: f64) -> &mut Self {
        let end = self.now + Duration::from_secs_f64(seconds);
        while self.now < end {
            self.now += STEP;
            self.deliver();
            self.send();
        }
        self
    }

    fn deliver(&mut self) {
        let mut acked = false;
        let (mut lost, mut lost_sent) = (0, Duration::ZERO);
        while let Some((sent, _, is_lost)) =
            self.flight.front().copied().filter(|packet| packet.1 <= self.now)
        {
            self.flight.pop_front();
            if is_lost {
                (lost, lost_sent) = (lost + u64::from(PACKET), sent);
            } else {
                let app_limited = self.app_limited;
                self.udx.on_ack(Ack { now: self.now, sent, bytes: u64::from(PACKET), app_limited });
                acked = true;
                self.acked += 1;
            }
        }
        if acked {
            self.udx.on_acks_end(self.now);
        }
        if lost > 0 {
            self.udx.on_loss(Loss { now: self.now, sent: lost_sent, bytes: lost, persistent: false });
        }
    }

    fn send(&mut self) {
        // Paced as the library paces: credit at the controller's rate, for ten packets at most.
        let rate = self.udx.pacing_rate().map_or(1e9, |rate| rate as f64);
        self.credit = (self.credit + rate * STEP.as_secs_f64() / f64::from(PACKET)).min(10.0);
        while self.credit >= 1.0 {
            self.credit -= 1.0;
            let in_flight = self.flight.len() as u64 * u64::from(PACKET);
            if in_flight + u64::from(PACKET) > self.udx.window() {
                return;
            }
            self.udx.on_sent(self.now);
            self.sent += 1;
            let full = self.busy_until.saturating_sub(self.now) + self.foreign > self.queue_limit;
            let random = self.lose_each.is_some_and(|each| self.sent.is_multiple_of(each));
            if !full {
                self.busy_until = self.busy_until.max(self.now) + self.packet_time;
            }
            // Thousandths, as even as the multiples of a large prime.
            let late = self.jitter * (self.sent * 7919 % 1000) as u32 / 1000;
            let delivered = self.busy_until.max(self.now) + self.foreign + Self::DELAY + late;
            let delivered = delivered.max(self.last_delivery);
            self.last_delivery = delivered;
            self.flight.push_back((self.now, delivered, full || random));
        }
    }

    fn packets(&self) -> u64 {
        self.udx.window() / u64::from(PACKET)
    }

    fn mode(&self) -> Mode {
        self.udx.metrics().mode
    }
}

#[test]
fn slow_start_finds_the_path_and_ends_before_the_queue_overflows() {
    let mut path = Path::new();
    assert_eq!(path.mode(), Mode::SlowStart);
    path.run(1.0);
    assert_eq!(path.mode(), Mode::Avoidance);
    assert!(path.udx.metrics().ssthresh.is_some());
    assert!((300..800).contains(&path.packets()), "{}", path.packets());
}

#[test]
fn the_queue_stays_below_its_share_of_the_round_trip_time() {
    let mut path = Path::new();
    path.run(3.0);
    let mut most = Duration::ZERO;
    for _ in 0..3000 {
        path.run(0.001);
        most = most.max(path.busy_until.saturating_sub(path.now));
    }
    // A fifth of 50 ms, and what a round of growth adds before it is seen.
    assert!(most <= Duration::from_millis(16), "{most:?}");
    assert!(most >= Duration::from_millis(8), "{most:?}");
}

#[test]
fn a_flow_at_its_maximum_knows_that_it_is_saturated() {
    let mut path = Path::new();
    path.run(4.0);
    let metrics = path.udx.metrics();
    assert!(metrics.saturated);
    let delivered = metrics.delivered.unwrap() as f64;
    assert!((delivered / 10e6 - 1.0).abs() < 0.05, "{delivered}");
    let pace = metrics.pacing_rate.unwrap() as f64;
    assert!((1.1..1.4).contains(&(pace / delivered)), "{}", pace / delivered);
}

/// The share of the link that the flow uses in `seconds`.
fn used(path: &mut Path, seconds: f64) -> f64 {
    let before = path.acked;
    path.run(seconds);
    (path.acked - before) as f64 * path.packet_time.as_secs_f64() / seconds
}

#[test]
fn jitter_is_taken_for_length_of_the_path_and_not_for_a_queue() {
    let mut path = Path::new();
    path.jitter = Duration::from_millis(25);
    path.run(3.0);
    let share = used(&mut path, 10.0);
    assert!(share > 0.85, "{share}");
    assert_ne!(path.mode(), Mode::Competition);
    // Without the rule the flow takes the delay for another's queue, or leaves the link idle.
    let mut blind = Path::new();
    blind.udx = Udx::new(Config { jitter_least: 1.0, ..Config::default() }, PACKET).unwrap();
    blind.jitter = Duration::from_millis(25);
    blind.run(3.0);
    let without = used(&mut blind, 10.0);
    assert!(without < share - 0.05 || blind.mode() == Mode::Competition, "{without}, {share}");
}

#[test]
fn a_path_of_five_packets_is_used() {
    let mut path = Path::new();
    path.packet_time = Duration::from_millis(10);
    path.run(5.0);
    let share = used(&mut path, 20.0);
    assert!(share > 0.97, "{share}");
}

#[test]
fn a_path_that_becomes_faster_is_filled_again() {
    let mut path = Path::new();
    path.run(3.0);
    path.packet_time = Duration::from_micros(50);
    path.run(4.0);
    assert!(path.packets() > 900, "{}", path.packets());
}

#[test]
fn a_path_that_becomes_slower_is_not_flooded_for_long() {
    let mut path = Path::new();
    path.run(3.0);
    path.packet_time = Duration::from_micros(400);
    path.run(6.0);
    assert!(path.packets() < 260, "{}", path.packets());
}

#[test]
fn random_loss_of_five_percent_costs_little() {
    let mut path = Path::new();
    path.lose_each = Some(20);
    path.run(5.0);
    let metrics = path.udx.metrics();
    assert!((metrics.loss_rate - 0.05).abs() < 0.03, "{}", metrics.loss_rate);
    assert!(path.packets() > 450, "{}", path.packets());
}

#[test]
fn a_random_loss_lowers_the_window_until_two_new_acknowledgements() {
    let mut path = Path::new();
    path.run(3.0);
    // Right after a drain the queue is empty, so that a loss is no congestion.
    for _ in 0..5000 {
        path.run(0.001);
        if path.busy_until <= path.now {
            break;
        }
    }
    path.run(0.2);
    let before = path.udx.window();
    let sent = path.flight.front().unwrap().0;
    let loss = Loss { now: path.now, sent: path.now, bytes: 3000, persistent: false };
    path.udx.on_loss(loss);
    assert_eq!(path.udx.window(), before - 3000);
    for acks in 1..=2 {
        path.udx.on_ack(Ack { now: path.now, sent, bytes: 1000, app_limited: false });
        path.udx.on_acks_end(path.now);
        assert_eq!(path.udx.window() >= before, acks == 2);
    }
}

#[test]
fn losses_above_the_tolerance_lower_the_window_without_a_queue() {
    let mut path = Path::new();
    path.run(3.0);
    let before = path.packets();
    path.lose_each = Some(4);
    path.run(2.0);
    assert!(path.packets() < before * 9 / 10, "{} of {before}", path.packets());
}

#[test]
fn an_overflowing_short_queue_is_drained() {
    let mut path = Path::new();
    path.queue_limit = Duration::from_millis(5);
    path.run(4.0);
    assert_eq!(path.mode(), Mode::Avoidance);
    let mut windows = 0;
    for _ in 0..1000 {
        path.run(0.001);
        windows += path.packets();
    }
    assert!((450_000..550_000).contains(&windows), "{windows}");
}

#[test]
fn a_queue_that_is_not_its_own_makes_the_flow_compete_and_its_end_makes_it_stop() {
    let mut path = Path::new();
    path.run(3.0);
    path.foreign = Duration::from_millis(30);
    path.run(3.0);
    assert_eq!(path.mode(), Mode::Competition);
    path.foreign = Duration::ZERO;
    path.run(20.0);
    assert_eq!(path.mode(), Mode::Avoidance);
}

#[test]
fn an_application_that_sends_little_does_not_grow_the_window() {
    let mut path = Path::new();
    path.run(3.0);
    path.app_limited = true;
    let before = path.udx.window();
    path.run(3.0);
    assert_eq!(path.udx.window(), before);
}

#[test]
fn a_mark_counts_as_congestion() {
    let mut path = Path::new();
    path.run(0.2);
    path.udx.on_loss(Loss { now: path.now, sent: path.now, bytes: 0, persistent: false });
    assert_eq!(path.mode(), Mode::Avoidance);
}

#[test]
fn persistent_congestion_begins_again_with_the_smallest_window() {
    let mut path = Path::new();
    path.run(3.0);
    path.udx.on_loss(Loss { now: path.now, sent: path.now, bytes: 5000, persistent: true });
    assert_eq!((path.mode(), path.packets()), (Mode::SlowStart, 4));
}

#[test]
fn a_loss_that_was_none_is_undone() {
    let mut path = Path::new();
    path.run(0.2);
    let before = path.udx.window();
    path.udx.on_loss(Loss { now: path.now, sent: path.now, bytes: 0, persistent: false });
    assert!(path.udx.window() < before);
    path.udx.on_spurious_loss();
    assert_eq!(path.udx.window(), before);
}

#[test]
fn an_unusable_constant_is_refused() {
    let config = Config { growth: f64::INFINITY, ..Config::default() };
    assert_eq!(Udx::new(config, PACKET).map(|_| ()).unwrap_err().field, "growth");
}
