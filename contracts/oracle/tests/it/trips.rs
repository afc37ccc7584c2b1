//! A jump is no price until more reporters have said the same for a while.

use bithive_api::oracle::{Event, Status};
use bithive_oracle::ContractError;
use bithive_test_kit::oracle::{COOLDOWN, MAX_AGE};

use crate::world::World;

/// A feed at 1,000 that has tripped at 2,000.
fn tripped() -> World {
    let mut world = World::new();
    world.say(&[1_000; 5]);
    world.say(&[2_000; 3]);
    world
}

#[test]
fn a_step_beyond_the_bound_trips_the_feed_and_one_at_the_bound_does_not() {
    for (value, status) in
        [(1_100, Status::Fresh), (1_101, Status::Tripped), (900, Status::Fresh), (899, Status::Tripped)]
    {
        let mut world = World::new();
        world.say(&[1_000; 3]);
        let events = world.say(&[value; 3]);
        assert_eq!(world.status(), status, "{value}");
        if status == Status::Tripped {
            let until = world.now() + COOLDOWN;
            let (round, value, last) = (world.round(), value.into(), 1_000u128.into());
            assert_eq!(events, [Event::Tripped { feed: 1, round, value, last, until }]);
            assert!(world.no_price().contains("feed 1 has jumped"), "{}", world.no_price());
            assert_eq!(world.feed().last.unwrap().value, last, "what was last stays what steps count from");
        }
    }
}

#[test]
fn more_reporters_confirm_a_jump_after_its_cooldown_and_not_before() {
    let mut world = tripped();
    let until = world.feed().pending.unwrap().until;
    assert_eq!(world.say_refused(&[2_000; 5]), ContractError::Early { until });
    world.suite.advance(until - 1 - world.now());
    let reports = world.oracle.reports(&world.suite, 1, &[2_000; 5]);
    assert_eq!(world.submit_refused(reports), ContractError::Early { until });
    world.suite.advance(1);
    let reports = world.oracle.reports(&world.suite, 1, &[1_900, 1_950, 2_050, 2_100, 2_200]);
    world.submit(reports);
    assert_eq!((world.price(), world.feed().pending), (Some(2_050), None));
}

#[test]
fn as_many_as_make_a_price_confirm_no_jump_however_long_they_say_so() {
    let mut world = tripped();
    for _ in 0..20 {
        let refused = world.say_refused(&[2_000; 4]);
        assert_eq!(refused, ContractError::TooFew { found: 4, expected: 5, first: None });
    }
    assert_eq!(world.status(), Status::Tripped);
    // One of five who does not agree is none who confirms.
    let refused = world.say_refused(&[2_000, 2_000, 2_000, 2_000, 1_000]);
    assert_eq!(refused, ContractError::TooFew { found: 4, expected: 5, first: None });
    world.say(&[2_000; 5]);
    assert_eq!(world.price(), Some(2_000));
}

#[test]
fn a_median_away_from_the_pending_value_begins_the_cooldown_again() {
    let mut world = tripped();
    let before = world.feed().pending.unwrap();
    let events = world.say(&[3_000; 3]);
    assert!(matches!(events[..], [Event::Tripped { .. }]), "{events:?}");
    let after = world.feed().pending.unwrap();
    assert_eq!((after.value.u128(), after.until), (3_000, world.now() + COOLDOWN));
    assert!(after.until > before.until && after.round > before.round);
}

#[test]
fn a_spike_that_is_over_is_confirmed_as_any_other_value_after_one_cooldown() {
    let mut world = tripped();
    world.say(&[1_000; 3]);
    assert_eq!((world.status(), world.feed().pending.unwrap().value.u128()), (Status::Tripped, 1_000));
    world.suite.advance(COOLDOWN);
    world.say(&[1_000; 5]);
    assert_eq!(world.price(), Some(1_000));
}

#[test]
fn a_stale_price_is_what_steps_count_from_as_well() {
    let mut world = World::new();
    world.say(&[1_000; 3]);
    world.suite.advance(10 * MAX_AGE);
    assert_eq!(world.status(), Status::Stale);
    world.say(&[2_000; 3]);
    assert_eq!(world.status(), Status::Tripped, "a feed that slept is no way round the trip");
}

#[test]
fn all_reporters_confirm_where_they_are_fewer_than_two_more() {
    let mut world = World::with(3, 3);
    assert_eq!(world.feed().confirming, 3);
    world.say(&[1_000; 3]);
    world.say(&[2_000; 3]);
    world.suite.advance(COOLDOWN);
    world.say(&[2_000; 3]);
    assert_eq!(world.price(), Some(2_000));
    assert_eq!(World::with(6, 5).feed().confirming, 6);
    assert_eq!(World::with(9, 5).feed().confirming, 7);
}

#[test]
fn a_strangers_message_is_all_that_a_tripped_feed_needs() {
    // Nobody but reporters, any of whom may submit, and a stranger: the owner is not asked.
    let mut world = tripped();
    world.suite.advance(100 * COOLDOWN);
    world.say(&[2_100, 2_100, 2_100, 2_000, 1_900]);
    assert_eq!(world.price(), Some(2_100));
}

#[test]
fn a_trip_takes_its_round_so_that_nobody_tries_subsets_of_one_round() {
    let mut world = tripped();
    let newest = world.round();
    let reports = world.oracle.reports(&world.suite, 1, &[1_000; 5]);
    assert_eq!(world.submit_refused(reports), ContractError::OldRound { found: newest, newest });
}
