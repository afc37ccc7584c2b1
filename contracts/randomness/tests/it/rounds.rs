//! Rounds that are asked for, brought, and read.

use bithive_api::randomness::{BeaconResponse, Event, ExecuteMsg, QueryMsg, RequestsOf, limits};
use bithive_contract_kit::randomness::beacon;
use bithive_randomness::ContractError;
use bithive_test_kit::drand::{self, PERIOD};
use bithive_test_kit::randomness::asking;
use bithive_test_kit::refusal;
use sha2::{Digest as _, Sha256};

use crate::world::World;

fn randomness(round: u64) -> [u8; 32] {
    Sha256::digest(drand::beacon(round)).into()
}

#[test]
fn whoever_brings_a_round_has_the_bounties_of_all_who_wait_for_it() {
    let mut world = World::new();
    let (first, round) = world.ask(70);
    let (second, same) = world.ask(30);
    assert_eq!((first, second, same), (1, 2, round));
    let (_, without) = world.ask(0);
    assert_eq!(without, round);
    world.check();
    assert_eq!(world.randomness.wanted(&world.suite)[0].bounty.u128(), 100);
    let response = world.submit(round).unwrap();
    let relayer = world.relayer.clone();
    let expected = Event::Submitted {
        round,
        randomness: randomness(round).into(),
        by: relayer.clone(),
        bounty: 100u128.into(),
    };
    assert_eq!(world.events(&response), [expected]);
    assert_eq!(world.randomness.claimable(&world.suite, &relayer), 100);
    assert_eq!(world.randomness.wanted(&world.suite), []);
    world.check();
    let paid = world.randomness.send(&mut world.suite, &relayer, &ExecuteMsg::Withdraw {});
    assert_eq!(
        world.events(&paid.unwrap()),
        [Event::Withdrawn { account: relayer.clone(), amount: 100u128.into() }]
    );
    assert_eq!(world.suite.balance(&relayer), 100);
    let again = world.randomness.send(&mut world.suite, &relayer, &ExecuteMsg::Withdraw {});
    assert!(matches!(refusal(again), ContractError::NothingOwed(_)));
    world.check();
}

#[test]
fn a_request_is_bound_to_a_round_that_is_later_than_its_block_by_the_lag() {
    let mut world = World::new();
    let now = world.suite.now();
    let (_, round) = world.ask(1);
    let at = world.at(round);
    assert!(at > now + limits::MAX_LAG && at <= now + limits::MAX_LAG + u64::from(PERIOD), "{at} {now}");
    // A later time binds to a later round, and one of the past to the same as none.
    let (_, later) =
        world.ask_for(1, bithive_api::randomness::Request { after: Some(now + 600), ..asking() }).unwrap();
    assert!(world.at(later) > now + 600 + limits::MAX_LAG);
    let (_, past) =
        world.ask_for(1, bithive_api::randomness::Request { after: Some(0), ..asking() }).unwrap();
    assert_eq!(past, round);
    world.check();
}

#[test]
fn a_round_is_kept_once_and_read_raw_by_its_documented_key() {
    let mut world = World::new();
    let read =
        |world: &World, round| beacon(world.suite.app.wrap(), &world.randomness.address, round).unwrap();
    assert_eq!(read(&world, 5), None);
    // Nobody has to wait for a round.
    world.submit(5).unwrap();
    assert_eq!(read(&world, 5), Some(randomness(5)));
    assert_eq!(world.randomness.beacon(&world.suite, 5).unwrap().randomness, randomness(5));
    assert_eq!((read(&world, 4), read(&world, 6)), (None, None));
    assert_eq!(refusal::<ContractError>(world.submit(5)), ContractError::Known { round: 5 });
    for round in [1, 300, 7] {
        world.submit(round).unwrap();
    }
    let known = |before, limit| -> Vec<u64> {
        let query = QueryMsg::Beacons { before, limit };
        let rows: Vec<BeaconResponse> = world.suite.query(&world.randomness.address, &query);
        rows.iter().map(|row| row.round).collect()
    };
    assert_eq!(known(None, None), [300, 7, 5, 1]);
    assert_eq!((known(Some(7), Some(1)), known(Some(1), None)), (vec![5], vec![]));
}

#[test]
fn a_signature_of_another_round_of_another_key_or_of_none_is_refused() {
    let mut world = World::new();
    let (_, round) = world.ask(9);
    let other = ExecuteMsg::Submit { round, signature: drand::beacon(round + 1) };
    assert!(matches!(world.refused(&other), ContractError::Drand(_)));
    let short = ExecuteMsg::Submit { round, signature: vec![1; 47].into() };
    assert!(matches!(world.refused(&short), ContractError::Drand(_)));
    let zero = ExecuteMsg::Submit { round: 0, signature: drand::beacon(1) };
    assert!(matches!(world.refused(&zero), ContractError::Drand(_)));
    assert_eq!(world.randomness.beacon(&world.suite, round), None);
    world.check();
}

#[test]
fn requests_are_found_by_who_asks_and_by_round() {
    let mut world = World::new();
    let (first, round) = world.ask(3);
    let mine = world.randomness.requests(&world.suite, RequestsOf::Consumer(world.alice.to_string()));
    let waiting = world.randomness.requests(&world.suite, RequestsOf::Round(round));
    assert_eq!(mine, waiting);
    assert_eq!((mine[0].id, mine[0].bounty.u128(), mine[0].ready), (first, 3, false));
    assert_eq!((mine[0].at, mine[0].expires), (world.at(round), world.at(round) + limits::EXPIRY_SECONDS));
    let nobody = world.randomness.requests(&world.suite, RequestsOf::Consumer(world.stranger.to_string()));
    assert_eq!(nobody, []);
    world.submit(round).unwrap();
    assert!(world.randomness.request(&world.suite, first).unwrap().ready);
    world.by_stranger(&ExecuteMsg::Deliver { requests: vec![first] }).unwrap();
    assert_eq!(world.randomness.requests(&world.suite, RequestsOf::Round(round)), []);
    assert_eq!(world.randomness.request(&world.suite, first), None);
}

#[test]
fn nobody_asks_for_a_round_that_a_chain_with_a_late_clock_knows_already() {
    let mut world = World::new();
    let (_, round) = world.ask(1);
    world.submit(round).unwrap();
    assert_eq!(world.ask_for(1, asking()), Err(ContractError::Known { round }));
    world.check();
}
