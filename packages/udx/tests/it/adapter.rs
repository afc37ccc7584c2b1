//! The adapter hands on what the library says, and shows what the controller answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bithive_udx::noq::{UdxController, UdxFactory};
use bithive_udx::{Config, Loss, Udx};
use noq_proto::congestion::{Controller, ControllerFactory};

const PACKET: u16 = 1200;

fn controller(epoch: Instant) -> Box<dyn Controller> {
    Arc::new(UdxFactory::new(Config::default()).unwrap()).build(epoch, PACKET)
}

fn udx(controller: Box<dyn Controller>) -> UdxController {
    *controller.into_any().downcast().unwrap()
}

#[test]
fn a_fresh_controller_has_the_initial_window_of_its_configuration() {
    let controller = controller(Instant::now());
    assert_eq!(controller.window(), 10 * u64::from(PACKET));
    assert_eq!(controller.initial_window(), 10 * u64::from(PACKET));
    assert_eq!(controller.metrics().pacing_rate, None);
}

#[test]
fn an_unusable_constant_is_refused_before_the_first_connection() {
    let config = Config { drain: 2.0, ..Config::default() };
    assert_eq!(UdxFactory::new(config).unwrap_err().field, "drain");
}

#[test]
fn losses_and_marks_and_larger_packets_arrive_as_what_they_are() {
    let epoch = Instant::now();
    let at = |ms: u64| epoch + Duration::from_millis(ms);
    let since = Duration::from_millis;
    let mut told = Udx::new(Config::default(), PACKET).unwrap();
    let mut adapter = controller(epoch);

    adapter.on_sent(at(1), 1200, 0);
    told.on_sent(since(1));
    adapter.on_mtu_update(1452);
    told.on_packet_size(1452);
    adapter.on_end_acks(at(50), 0, false, Some(0));
    told.on_acks_end(since(50));
    adapter.on_congestion_event(at(60), at(2), false, false, 2904, 3);
    told.on_loss(Loss { now: since(60), sent: since(2), bytes: 2904, persistent: false });
    assert_eq!(udx(adapter.clone_box()).metrics(), told.metrics());

    // A mark carries no lost bytes, whatever the library says of them.
    adapter.on_congestion_event(at(70), at(65), false, true, 999, 4);
    told.on_loss(Loss { now: since(70), sent: since(65), bytes: 0, persistent: false });
    assert_eq!(udx(adapter.clone_box()).metrics(), told.metrics());
    adapter.on_spurious_congestion_event();
    told.on_spurious_loss();
    assert_eq!(udx(adapter.clone_box()).metrics(), told.metrics());
    adapter.on_congestion_event(at(90), at(80), true, false, 9000, 9);
    told.on_loss(Loss { now: since(90), sent: since(80), bytes: 9000, persistent: true });
    assert_eq!(udx(adapter).metrics(), told.metrics());
}

#[test]
fn what_a_trace_shows_is_the_controllers_state() {
    let epoch = Instant::now();
    let mut controller = controller(epoch);
    controller.on_congestion_event(
        epoch + Duration::from_millis(9),
        epoch + Duration::from_millis(8),
        false,
        true,
        0,
        1,
    );
    let (shown, state) = (controller.metrics(), udx(controller.clone_box()).metrics());
    assert!(state.ssthresh.is_some());
    assert_eq!(shown.congestion_window, state.window);
    assert_eq!(shown.ssthresh, state.ssthresh);
    assert_eq!(shown.pacing_rate, state.pacing_rate);
    assert_eq!(shown.bandwidth_estimate, state.delivered.map(|bytes| 8 * bytes));
}

#[test]
fn a_new_path_starts_afresh_and_leaves_the_old_one_as_it_was() {
    let factory = Arc::new(UdxFactory::new(Config::default()).unwrap());
    let fresh = Udx::new(factory.config().clone(), PACKET).unwrap().metrics();
    let epoch = Instant::now();
    let mark = |controller: &mut Box<dyn Controller>, from: Instant| {
        controller.on_sent(from, u64::from(PACKET), 0);
        let (sent, noticed) = (from + Duration::from_millis(1), from + Duration::from_millis(40));
        controller.on_congestion_event(noticed, sent, false, true, 0, 0);
    };
    let mut old = factory.clone().build(epoch, PACKET);
    mark(&mut old, epoch);
    let known = udx(old.clone_box()).metrics();
    assert_ne!(known, fresh);

    let later = epoch + Duration::from_secs(5);
    let mut new = factory.clone().build(later, PACKET);
    assert_eq!(udx(new.clone_box()).metrics(), fresh);
    // A path's clock begins with it: the same events give the same state, whenever it began.
    mark(&mut new, later);
    assert_eq!(udx(new).metrics(), known);
    assert_eq!(udx(old).metrics(), known);
}
