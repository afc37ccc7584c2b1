//! When a feed answers, and with what.

use bithive_api::oracle::{Event, ExecuteMsg, PriceResponse, Status};
use bithive_oracle::ContractError;
use bithive_test_kit::oracle::{INTERVAL, MAX_AGE};
use bithive_test_kit::refusal;
use cosmwasm_std::Timestamp;

use crate::world::World;

#[test]
fn the_median_of_enough_reports_is_the_price() {
    let mut world = World::new();
    assert_eq!(world.status(), Status::Empty);
    assert!(world.no_price().contains("feed 1 has had no price yet; 3 reports"), "{}", world.no_price());
    let events = world.say(&[253_600, 1, 253_700, 254_000, 999_999]);
    let (now, round) = (world.now(), world.round());
    let updated = Event::Updated { feed: 1, round, value: 253_700u128.into(), time: now, reports: 5 };
    assert_eq!(events[0], updated);
    let expected =
        PriceResponse { value: 253_700u128.into(), decimals: 10, time: Timestamp::from_seconds(now), round };
    assert_eq!(world.oracle.price(&world.suite, 1), Ok(expected));
    // Of an even number the lower of the two in the middle.
    world.say(&[253_600, 253_700, 253_800, 253_900]);
    assert_eq!(world.price(), Some(253_700));
}

#[test]
fn a_price_grows_stale_and_later_reports_refresh_it() {
    let mut world = World::new();
    world.say(&[100, 100, 100]);
    world.suite.advance(MAX_AGE);
    assert_eq!(world.price(), Some(100), "at the bound it is answered");
    world.suite.advance(1);
    assert_eq!(world.status(), Status::Stale);
    assert!(world.no_price().contains("older than 600 seconds. Submit reports of a later round"));
    world.say(&[105, 105, 105]);
    assert_eq!(world.price(), Some(105));
}

#[test]
fn too_few_reports_change_nothing() {
    let mut world = World::new();
    let refused = world.say_refused(&[100, 100]);
    assert_eq!(refused, ContractError::TooFew { found: 2, expected: 3, first: None });
    assert_eq!(world.status(), Status::Empty);
    assert!(matches!(world.say_refused(&[]), ContractError::Input(_)));
}

#[test]
fn a_round_comes_to_something_once_and_earlier_ones_never_after_it() {
    let mut world = World::new();
    world.next();
    let earlier = (world.round(), world.oracle.reports(&world.suite, 1, &[100, 101, 102]));
    world.say(&[103, 103, 103]);
    let newest = world.round();
    let again = world.oracle.reports(&world.suite, 1, &[104, 104, 104]);
    assert_eq!(world.submit_refused(again), ContractError::OldRound { found: newest, newest });
    let (stranger, (round, reports)) = (world.suite.account("a stranger"), earlier);
    let replay = ExecuteMsg::Submit { feed: 1, round, reports };
    let refused: ContractError = refusal(world.oracle.send(&mut world.suite, &stranger, &replay));
    assert_eq!(refused, ContractError::OldRound { found: round, newest });
    assert_eq!(world.price(), Some(103));
}

#[test]
fn reports_of_an_earlier_round_are_taken_while_they_are_young_and_none_is_there_yet() {
    let mut world = World::new();
    let (round, reports) = (world.round(), world.oracle.reports(&world.suite, 1, &[100, 100, 100]));
    let seen = world.now();
    world.suite.advance(MAX_AGE);
    let stranger = world.suite.account("a stranger");
    let late = ExecuteMsg::Submit { feed: 1, round, reports };
    world.oracle.send(&mut world.suite, &stranger, &late).unwrap();
    assert_eq!(world.oracle.price(&world.suite, 1).unwrap().time.seconds(), seen);
    world.suite.advance(1);
    assert_eq!(world.status(), Status::Stale, "its age counts from when it was seen");
}

#[test]
fn the_time_of_a_price_is_the_median_and_never_in_the_future() {
    let mut world = World::new();
    world.next();
    // To the middle of a round.
    let start = world.round() * INTERVAL;
    world.suite.advance(start + INTERVAL + 40 - world.now());
    let (now, oracle) = (world.now(), world.oracle.clone());
    let at =
        |times: [u64; 3]| [1, 2, 3].map(|n| oracle.report(n, 1, 100, times[usize::from(n) - 1])).to_vec();
    world.submit(at([now - 30, now - 20, now]));
    assert_eq!(world.feed().last.unwrap().time, now - 20);
    world.suite.advance(INTERVAL - 10);
    let now = world.now();
    world.submit(at([now + 5, now + 20, now + 10]));
    assert_eq!(world.feed().last.unwrap().time, now);
}

#[test]
fn there_is_no_price_of_a_feed_that_there_is_not() {
    let mut world = World::new();
    let error = world.oracle.price(&world.suite, 2).unwrap_err();
    assert!(error.contains("there is no feed 2"), "{error}");
    let reports = world.oracle.reports(&world.suite, 2, &[100, 100, 100]);
    let refused: ContractError = refusal(world.oracle.submit(&mut world.suite, 2, reports));
    assert_eq!(refused, ContractError::NoFeed { feed: 2 });
    assert_eq!(world.oracle.feed(&world.suite, 2), None);
}
