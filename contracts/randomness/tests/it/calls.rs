//! Consumers are called once, whatever they do.

use bithive_api::randomness::{Delivery, Event, ExecuteMsg, RequestsOf, limits};
use bithive_randomness::ContractError;
use bithive_test_kit::drand;
use bithive_test_kit::randomness::asking;
use bithive_test_kit::refusal;
use sha2::{Digest as _, Sha256};

use crate::consumer::{self, ConsumerMsg};
use crate::world::World;

const GAS: u64 = 100_000;

/// The round that the consumer's requests wait for.
fn round(world: &World, consumer: &cosmwasm_std::Addr) -> u64 {
    world.randomness.requests(&world.suite, RequestsOf::Consumer(consumer.to_string()))[0].round
}

#[test]
fn a_consumer_is_called_with_its_round_once_by_anybody() {
    let mut world = World::new();
    let consumer = consumer::new(&mut world);
    consumer::ask(&mut world, &consumer, b"draw 7", GAS);
    let round = round(&world, &consumer);
    let deliver = ExecuteMsg::Deliver { requests: vec![1] };
    assert_eq!(world.refused(&deliver), ContractError::NotKnown { id: 1, round });
    world.submit(round).unwrap();
    assert_eq!(
        consumer::got(&world, &consumer),
        [],
        "bringing a round calls nobody, so that it costs the same always"
    );
    let response = world.by_stranger(&deliver).unwrap();
    assert_eq!(world.events(&response), [Event::Delivered { id: 1, consumer: consumer.clone(), round }]);
    let randomness: [u8; 32] = Sha256::digest(drand::beacon(round)).into();
    let expected = Delivery { id: 1, round, randomness: randomness.into(), job: b"draw 7".into() };
    assert_eq!(consumer::got(&world, &consumer), [expected]);
    assert_eq!(world.refused(&deliver), ContractError::NoRequest { id: 1 });
}

#[test]
fn a_call_that_fails_changes_nothing_else_and_is_told_in_few_words() {
    let mut world = World::new();
    let consumer = consumer::new(&mut world);
    for job in [&b"refuse"[..], b"good"] {
        consumer::ask(&mut world, &consumer, job, GAS);
    }
    let round = round(&world, &consumer);
    world.submit(round).unwrap();
    let response = world.by_stranger(&ExecuteMsg::Deliver { requests: vec![1, 2] }).unwrap();
    match &world.events(&response)[..] {
        [Event::Failed { id: 1, reason, .. }, Event::Delivered { id: 2, .. }] => {
            assert!(reason.chars().count() <= limits::MAX_REASON, "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(consumer::got(&world, &consumer).len(), 1);
    assert_eq!(world.refused(&ExecuteMsg::Deliver { requests: vec![1] }), ContractError::NoRequest { id: 1 });
    assert!(world.randomness.beacon(&world.suite, round).is_some(), "what was drawn can still be read");
}

#[test]
fn a_consumer_that_calls_back_is_called_once() {
    let mut world = World::new();
    let consumer = consumer::new(&mut world);
    consumer::ask(&mut world, &consumer, b"again", GAS);
    let round = round(&world, &consumer);
    world.submit(round).unwrap();
    let response = world.by_stranger(&ExecuteMsg::Deliver { requests: vec![1] }).unwrap();
    // Its own delivery finds no request, so that its whole call fails and is undone.
    assert!(matches!(&world.events(&response)[..], [Event::Failed { id: 1, .. }]));
    assert_eq!(consumer::got(&world, &consumer), []);
}

#[test]
fn a_request_that_is_named_twice_is_delivered_once_and_an_unknown_one_refuses_all() {
    let mut world = World::new();
    let consumer = consumer::new(&mut world);
    consumer::ask(&mut world, &consumer, b"once", GAS);
    let round = round(&world, &consumer);
    world.submit(round).unwrap();
    let missing = ExecuteMsg::Deliver { requests: vec![1, 9] };
    assert_eq!(world.refused(&missing), ContractError::NoRequest { id: 9 });
    assert_eq!(consumer::got(&world, &consumer), []);
    world.by_stranger(&ExecuteMsg::Deliver { requests: vec![1, 1, 1] }).unwrap();
    assert_eq!(consumer::got(&world, &consumer).len(), 1);
}

#[test]
fn an_account_is_not_called_and_a_consumer_believes_nobody_else() {
    let mut world = World::new();
    let mut request = asking();
    request.call_gas = 1;
    assert!(matches!(world.ask_for(0, request.clone()), Err(ContractError::Input(_))));
    assert!(matches!(world.ask_for(5, request), Err(ContractError::Input(_))));
    world.check();
    let consumer = consumer::new(&mut world);
    let delivery = Delivery { id: 1, round: 1, randomness: [0; 32].into(), job: b"x".into() };
    let stranger = world.stranger.clone();
    let forged = world.suite.execute(&stranger, &consumer, &ConsumerMsg::Randomness(delivery));
    assert!(forged.is_err());
    assert_eq!(refusal::<ContractError>(world.submit(0)).to_string(), "drand round is 0; expected 1 or more");
}
