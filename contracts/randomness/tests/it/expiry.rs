//! A wait in vain ends: anybody gives the bounty back to who asked.

use bithive_api::randomness::{Event, ExecuteMsg};
use bithive_randomness::ContractError;

use crate::world::World;

#[test]
fn a_request_without_its_round_expires_after_thirty_days_by_anybody() {
    let mut world = World::new();
    let (id, round) = world.ask(40);
    let (other, _) = world.ask(2);
    let expire = ExecuteMsg::Expire { id };
    assert!(matches!(world.refused(&expire), ContractError::Waits { id: 1, .. }));
    world.until_expiry(round);
    assert!(
        matches!(world.refused(&expire), ContractError::Waits { id: 1, .. }),
        "in its last second it waits"
    );
    world.suite.advance(1);
    let response = world.by_stranger(&expire).unwrap();
    let alice = world.alice.clone();
    let expected = Event::Expired { id, consumer: alice.clone(), round, bounty: 40u128.into() };
    assert_eq!(world.events(&response), [expected]);
    assert_eq!(world.randomness.claimable(&world.suite, &alice), 40);
    assert_eq!(world.refused(&expire), ContractError::NoRequest { id });
    world.check();
    // The round comes late: it pays what is left, and the other request is delivered.
    world.submit(round).unwrap();
    assert_eq!(world.randomness.claimable(&world.suite, &world.relayer), 2);
    assert_eq!(world.refused(&ExecuteMsg::Expire { id: other }), ContractError::Ready { id: other, round });
    world.by_stranger(&ExecuteMsg::Deliver { requests: vec![other] }).unwrap();
    world.check();
}

#[test]
fn a_round_whose_last_request_has_expired_is_not_wanted_any_more() {
    let mut world = World::new();
    let (id, round) = world.ask(0);
    world.until_expiry(round);
    world.suite.advance(1);
    assert_eq!(world.randomness.wanted(&world.suite).len(), 1);
    world.by_stranger(&ExecuteMsg::Expire { id }).unwrap();
    assert_eq!(world.randomness.wanted(&world.suite), []);
    assert_eq!(world.randomness.claimable(&world.suite, &world.alice), 0);
    world.check();
}
