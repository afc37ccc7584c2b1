//! Runs of real connections over simulated links.

use std::time::Duration;

use bithive_netsim::{Control, Flow, Link, PacketLoss, Queue, RunResult, Scenario, SimError, Source};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// 10 Mbit/s and 20 ms: 25 kB fill it.
fn link() -> Link {
    Link::new(10e6, ms(20), 25_000)
}

fn scenario(link: Link, flows: Vec<Flow>) -> Scenario {
    Scenario { link, flows, duration: ms(3000), warm_up: ms(1000), trace: true, qlog: None }
}

fn run(link: Link, control: Control) -> RunResult {
    scenario(link, vec![Flow::bulk(control)]).run(1).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_run_bit_for_bit_and_another_seed_another() {
    let mut link = link();
    link.loss = PacketLoss::Random(0.02);
    link.jitter = ms(2);
    link.reorder = 0.01;
    let scenario = scenario(link, vec![Flow::bulk(Control::udx()), Flow::bulk(Control::Cubic)]);
    let first = scenario.run(7).unwrap();
    assert_eq!(first, scenario.run(7).unwrap());
    assert_ne!(first, scenario.run(8).unwrap());
}

#[test]
fn every_controller_fills_a_clean_link_and_none_exceeds_it() {
    for control in [Control::udx(), Control::Cubic, Control::NewReno, Control::Bbr] {
        let name = control.name();
        let goodput = run(link(), control).flows[0].goodput;
        // BBR draws from the operating system; a bad draw must not fail the test.
        let least = if name == "BBR" { 0.3 } else { 0.8 };
        assert!((least * 10e6..10e6).contains(&goodput), "{name}: {goodput}");
    }
}

#[test]
fn a_packet_takes_the_propagation_delay_and_waits_no_longer_than_the_queue_lasts() {
    let flow = run(link(), Control::Cubic).flows[0].clone();
    // 20 ms there and back; 20 ms in the full queue; a packet's own time twice.
    assert!(flow.rtt_p50 >= 20.0 && flow.rtt_p99 <= 43.0, "{flow:?}");
    assert!(flow.dropped > 0);
}

#[test]
fn random_loss_happens_as_often_as_asked() {
    let mut link = link();
    link.loss = PacketLoss::Random(0.05);
    let flow = run(link, Control::udx()).flows[0].clone();
    let share = flow.lost as f64 / flow.sent as f64;
    assert!((share - 0.05).abs() < 0.015, "{share}");
    assert!(flow.declared_lost > 0);
}

#[test]
fn bursts_lose_as_much_as_their_states_say() {
    let mut link = link();
    // A tenth of the time in the bad state, where half is lost.
    link.loss = PacketLoss::Burst { to_bad: 0.02, to_good: 0.18, loss: 0.5 };
    let flow = run(link, Control::udx()).flows[0].clone();
    let share = flow.lost as f64 / flow.sent as f64;
    assert!((0.02..0.09).contains(&share), "{share}");
}

#[test]
fn codel_keeps_the_queue_of_cubic_short() {
    let deep = Link { queue_bytes: 250_000, ..link() };
    let codel = Link { queue: Queue::Codel, ..deep.clone() };
    let (long, short) = (run(deep, Control::Cubic), run(codel, Control::Cubic));
    assert!(short.flows[0].rtt_mean < 0.6 * long.flows[0].rtt_mean, "{short:?}");
}

#[test]
fn a_link_changes_its_rate_when_told() {
    let mut link = link();
    link.rates.push((ms(1500), 2e6));
    let trace = run(link, Control::udx()).trace;
    let mean = |from: f64, to: f64| {
        let part: Vec<f64> =
            trace.iter().filter(|s| s.time >= from && s.time < to).map(|s| s.flows[0].goodput).collect();
        part.iter().sum::<f64>() / part.len() as f64
    };
    assert!(mean(1.0, 1.5) > 8e6 && mean(2.0, 3.0) < 2.1e6);
}

#[test]
fn a_flow_that_starts_later_sends_nothing_before() {
    let late = Flow { start: ms(1500), ..Flow::bulk(Control::udx()) };
    let result = scenario(link(), vec![Flow::bulk(Control::udx()), late]).run(1).unwrap();
    let before = result.trace.iter().filter(|sample| sample.time < 1.5);
    assert!(before.clone().count() > 100 && before.into_iter().all(|sample| sample.flows[1].goodput == 0.0));
    assert!(result.flows[1].goodput > 1e6);
}

#[test]
fn an_application_that_writes_little_gets_what_it_writes() {
    let source = Source::Periodic { bytes: 12_500, every: ms(100) };
    let flow = Flow { source, ..Flow::bulk(Control::udx()) };
    let goodput = scenario(link(), vec![flow]).run(1).unwrap().flows[0].goodput;
    assert!((goodput / 1e6 - 1.0).abs() < 0.06, "{goodput}");
}

#[test]
fn a_longer_way_takes_longer() {
    let far = Flow { extra_delay: ms(30), ..Flow::bulk(Control::udx()) };
    let result = scenario(link(), vec![Flow::bulk(Control::udx()), far]).run(1).unwrap();
    let apart = result.flows[1].rtt_p50 - result.flows[0].rtt_p50;
    assert!((50.0..70.0).contains(&apart), "{apart}");
}

#[test]
fn a_field_out_of_its_range_is_named() {
    let bad = [
        (Scenario { flows: Vec::new(), ..scenario(link(), Vec::new()) }, "flows"),
        (
            Scenario { duration: Duration::ZERO, ..scenario(link(), vec![Flow::bulk(Control::Cubic)]) },
            "duration",
        ),
        (Scenario { warm_up: ms(9000), ..scenario(link(), vec![Flow::bulk(Control::Cubic)]) }, "warm_up"),
        (
            scenario(Link { loss: PacketLoss::Random(0.9), ..link() }, vec![Flow::bulk(Control::Cubic)]),
            "loss",
        ),
        (scenario(Link { reorder: 2.0, ..link() }, vec![Flow::bulk(Control::Cubic)]), "reorder"),
        (scenario(Link { rates: Vec::new(), ..link() }, vec![Flow::bulk(Control::Cubic)]), "rate"),
    ];
    for (scenario, name) in bad {
        let Err(SimError::Scenario { field, .. }) = scenario.run(1) else { panic!("{name} was accepted") };
        assert_eq!(field, name);
    }
    let config = bithive_udx::Config { beta: 0.0, ..Default::default() };
    let flow = Flow::bulk(Control::Udx(Box::new(config)));
    assert!(
        matches!(scenario(link(), vec![flow]).run(1), Err(SimError::Udx(error)) if error.field == "beta")
    );
}
