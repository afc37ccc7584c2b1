//! Whatever happens, in whatever order, the answers stay in bounds.

use std::time::Duration;

use bithive_udx::{Ack, Config, Loss, Udx};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Event {
    Sent,
    Ack { age: u64, bytes: u64, app_limited: bool },
    AcksEnd,
    Loss { age: u64, bytes: u64, persistent: bool },
    Spurious,
    PacketSize(u16),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::Sent),
        6 => (0..2_000_000_000u64, prop_oneof![Just(1200u64), any::<u64>()], prop::bool::weighted(0.1))
            .prop_map(|(age, bytes, app_limited)| Event::Ack { age, bytes, app_limited }),
        4 => Just(Event::AcksEnd),
        2 => (0..2_000_000_000u64, prop_oneof![Just(0u64), Just(1200), any::<u64>()], prop::bool::weighted(0.05))
            .prop_map(|(age, bytes, persistent)| Event::Loss { age, bytes, persistent }),
        1 => Just(Event::Spurious),
        1 => any::<u16>().prop_map(Event::PacketSize),
    ]
}

fn tell(udx: &mut Udx, now: Duration, event: &Event) {
    let back = |age: u64| now.saturating_sub(Duration::from_nanos(age));
    match *event {
        Event::Sent => udx.on_sent(now),
        Event::Ack { age, bytes, app_limited } => {
            udx.on_ack(Ack { now, sent: back(age), bytes, app_limited })
        }
        Event::AcksEnd => udx.on_acks_end(now),
        Event::Loss { age, bytes, persistent } => {
            udx.on_loss(Loss { now, sent: back(age), bytes, persistent })
        }
        Event::Spurious => udx.on_spurious_loss(),
        Event::PacketSize(bytes) => udx.on_packet_size(bytes),
    }
}

proptest! {
    #[test]
    fn the_window_and_the_rate_stay_in_bounds(
        events in prop::collection::vec((0..300_000_000u64, event()), 0..600),
        packet in 1..=u16::MAX,
    ) {
        let config = Config { maximum_window: 1 << 20, ..Config::default() };
        let least = config.minimum_window;
        let mut udx = Udx::new(config, packet).unwrap();
        let mut packet = u64::from(packet);
        let mut now = Duration::ZERO;
        for (pause, event) in &events {
            now += Duration::from_nanos(*pause);
            tell(&mut udx, now, event);
            if let Event::PacketSize(bytes) = event {
                packet = u64::from((*bytes).max(1));
            }
            let floor = packet * u64::from(least);
            prop_assert!(udx.window() >= floor.min(1 << 20), "{} below {floor}", udx.window());
            prop_assert!(udx.window() <= floor.max(1 << 20), "{}", udx.window());
            prop_assert!(udx.pacing_rate().is_none_or(|rate| rate > 0));
            prop_assert!((0.0..=1.0).contains(&udx.metrics().loss_rate));
        }
    }

    #[test]
    fn a_clock_that_runs_backwards_does_no_harm(
        events in prop::collection::vec((0..10_000_000_000u64, event()), 0..300),
    ) {
        let mut udx = Udx::new(Config::default(), 1200).unwrap();
        for (now, event) in &events {
            tell(&mut udx, Duration::from_nanos(*now), event);
            prop_assert!(udx.window() >= 1);
        }
    }

    #[test]
    fn an_application_limited_flow_never_grows(
        events in prop::collection::vec((0..100_000_000u64, event()), 0..300),
    ) {
        let mut udx = Udx::new(Config::default(), 1200).unwrap();
        let initial = udx.window();
        let mut now = Duration::ZERO;
        for (pause, event) in &events {
            now += Duration::from_nanos(*pause);
            let mut event = event.clone();
            if let Event::Ack { app_limited, .. } = &mut event {
                *app_limited = true;
            }
            // A larger packet may lift the window to its minimum.
            if !matches!(event, Event::PacketSize(_)) {
                tell(&mut udx, now, &event);
            }
            prop_assert!(udx.window() <= initial);
        }
    }

    #[test]
    fn the_same_events_give_the_same_state(
        events in prop::collection::vec((0..100_000_000u64, event()), 0..200),
    ) {
        let run = || {
            let mut udx = Udx::new(Config::default(), 1200).unwrap();
            let mut now = Duration::ZERO;
            for (pause, event) in &events {
                now += Duration::from_nanos(*pause);
                tell(&mut udx, now, event);
            }
            udx.metrics()
        };
        prop_assert_eq!(run(), run());
    }
}
