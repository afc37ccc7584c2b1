//! Random messages to the contract, and to a model that is written apart from it: both accept or both refuse, and price, pending value and
//! reporters are the same after each.

use bithive_api::oracle::{ExecuteMsg, PendingResponse, PointResponse, Report};
use bithive_test_kit::oracle::INTERVAL;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::plain::{Model, Op, QUORUM, REPORTERS, Said};
use crate::world::World;

fn said() -> impl Strategy<Value = Said> {
    let value = prop_oneof![12 => 95u128..106, 2 => 1u128..400, 1 => Just(0u128)];
    let age = prop_oneof![14 => Just(0i64), 3 => -40i64..60, 1 => 500i64..700];
    (1..=REPORTERS + 1, value, age, prop::bool::weighted(0.03))
        .prop_map(|(signer, value, age, forged)| Said { signer, value, age, forged })
}

/// Each reporter says about the same, one or two lie: what feeds mostly see.
fn together() -> impl Strategy<Value = Op> {
    let base = prop_oneof![6 => Just(100u128), 2 => Just(150u128), 1 => 50u128..300];
    // The fifth reporter, who is never among those that stay away, lies often enough to be suspended.
    let often = (Just(4usize), 1u128..60).prop_map(Some);
    let lies = prop_oneof![2 => Just(None), 4 => often, 2 => (0usize..8, 1u128..400).prop_map(Some)];
    (base, prop::collection::vec(0u128..5, REPORTERS as usize), lies, 5usize..=8, 0u64..2).prop_map(
        |(base, spread, lie, count, back)| {
            let mut said: Vec<Said> = (1..=REPORTERS)
                .zip(spread)
                .map(|(signer, more)| Said {
                    signer,
                    value: base + more,
                    age: (back * INTERVAL) as i64,
                    forged: false,
                })
                .collect();
            if let Some((place, value)) = lie {
                said[place].value = value;
            }
            // Those that stay away are at the end or at the beginning.
            if back > 0 {
                said.truncate(count)
            } else {
                said.drain(..8 - count).for_each(drop)
            }
            Op::Submit { back, said }
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let wait = prop_oneof![6 => 30u64..90, 2 => 200u64..700, 1 => 300_000u64..700_000];
    let mixed = (0u64..3, prop::collection::vec(said(), 0..14));
    prop_oneof![
        6 => together(),
        4 => mixed.prop_map(|(back, said)| Op::Submit { back, said }),
        1 => prop::bool::weighted(0.2).prop_map(|stopped| Op::Stop { stopped }),
        1 => prop::bool::weighted(0.2).prop_map(|paused| Op::Pause { paused }),
        8 => wait.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

fn sent(world: &mut World, op: &Op) -> bool {
    let (owner, oracle, now) = (world.owner.clone(), world.oracle.clone(), world.now());
    let message = match op {
        Op::Wait { seconds } => {
            world.suite.advance(*seconds);
            return true;
        }
        Op::Stop { stopped } => ExecuteMsg::SetStopped { feed: 1, stopped: *stopped },
        Op::Pause { paused } => ExecuteMsg::SetPaused { paused: *paused },
        Op::Submit { back, said } => {
            let report = |one: &Said| {
                let time = now.checked_add_signed(-one.age).unwrap();
                let report = oracle.report(one.signer, 1, one.value, time);
                let wrong = Report { signature: [5; 64].into(), ..report.clone() };
                if one.forged { wrong } else { report }
            };
            let round = now / INTERVAL - back;
            ExecuteMsg::Submit { feed: 1, round, reports: said.iter().map(report).collect() }
        }
    };
    oracle.send(&mut world.suite, &owner, &message).is_ok()
}

fn compare(world: &World, model: &Model) {
    let feed = world.feed();
    let last = model.last.map(|(value, time, round)| PointResponse { value: value.into(), time, round });
    let pending =
        model.pending.map(|(value, round, until)| PendingResponse { value: value.into(), round, until });
    assert_eq!((feed.last, feed.pending), (last, pending));
    let records: Vec<_> = feed.reporters.iter().map(|one| (one.strikes, one.suspended_until)).collect();
    assert_eq!(records, model.records);
    assert_eq!(world.price(), model.answers(world.now()));
}

/// How often each of the things happened that the random messages are for.
#[derive(Debug, Default)]
struct Seen {
    prices: usize,
    trips: usize,
    confirmed: usize,
    suspended: usize,
    refused: usize,
}

impl Seen {
    fn note(&mut self, before: (bool, bool, bool), after: (bool, bool, bool), taken: bool) {
        self.refused += usize::from(!taken);
        self.prices += usize::from(after.0);
        self.trips += usize::from(after.1 && !before.1);
        self.confirmed += usize::from(before.1 && !after.1);
        self.suspended += usize::from(after.2 && !before.2);
    }
}

#[test]
fn the_contract_does_what_a_feed_in_plain_arithmetic_does() {
    let config = ProptestConfig {
        cases: 100,
        rng_seed: RngSeed::Fixed(17),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let total = std::cell::RefCell::new(Seen::default());
    proptest!(config, |(ops in prop::collection::vec(op(), 100))| {
        let mut world = World::with(REPORTERS, QUORUM);
        let mut model = Model::default();
        for op in &ops {
            let state = |model: &Model, now| {
                let suspended = model.records.iter().any(|record| record.1 > now);
                (model.answers(now).is_some(), model.pending.is_some(), suspended)
            };
            let (now, before) = (world.now(), state(&model, world.now()));
            let expected = model.run(now, op);
            prop_assert_eq!(sent(&mut world, op), expected, "{:?}", op);
            compare(&world, &model);
            total.borrow_mut().note(before, state(&model, now), expected);
        }
    });
    let Seen { prices, trips, confirmed, suspended, refused } = total.into_inner();
    let often = prices > 500 && trips > 50 && confirmed > 20 && suspended > 3 && refused > 200;
    assert!(
        often,
        "{prices} prices, {trips} trips, {confirmed} confirmed, {suspended} suspended, {refused} refused"
    );
}
