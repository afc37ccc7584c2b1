//! Who reports far from the price is named, and after some prices in succession suspended for a week.

use bithive_api::oracle::{Event, limits};
use bithive_oracle::ContractError;
use bithive_test_kit::oracle::{COOLDOWN, key};

use crate::world::World;

/// Nine reporters, of whom five make a price and seven confirm one.
fn nine() -> World {
    World::with(9, 5)
}

fn strikes(world: &World, number: usize) -> u8 {
    world.feed().reporters[number - 1].strikes
}

#[test]
fn a_report_further_away_than_a_step_is_an_outlier_and_a_strike() {
    let mut world = nine();
    let events = world.say(&[1_000, 1_000, 1_000, 1_100, 1_101]);
    let (round, price) = (world.round(), 1_000u128.into());
    let outlier = Event::Outlier { feed: 1, round, reporter: key(5), value: 1_101u128.into(), price };
    assert_eq!(events[1..], [outlier]);
    assert_eq!([4, 5].map(|number| strikes(&world, number)), [0, 1]);
}

#[test]
fn three_in_succession_suspend_a_reporter_for_a_week_and_its_reports_are_skipped() {
    let mut world = nine();
    world.say(&[1_000, 1_000, 1_000, 1_000, 9]);
    world.say(&[1_000, 1_000, 1_000, 1_000, 9]);
    let events = world.say(&[1_000, 1_000, 1_000, 1_000, 9]);
    let until = world.now() + limits::SUSPENDED_SECONDS;
    assert_eq!(events.last(), Some(&Event::Suspended { feed: 1, reporter: key(5), until }));
    assert_eq!(strikes(&world, 5), 0);
    let refused = world.say_refused(&[1_000, 1_000, 1_000, 1_000, 1_000]);
    assert!(refused.to_string().contains("is suspended until"), "{refused}");
    let events = world.say(&[1_000; 6]);
    assert!(matches!(events[..], [Event::Skipped { .. }, Event::Updated { reports: 5, .. }]), "{events:?}");
    world.suite.advance(until - world.now());
    // A week without prices: within a step of the last one.
    assert!(matches!(world.say(&[1_000; 5])[..], [Event::Updated { reports: 5, .. }]));
}

#[test]
fn one_report_near_the_price_ends_the_row_and_being_left_out_is_no_strike() {
    let mut world = nine();
    let far = [1_000, 1_000, 1_000, 1_000, 9];
    world.say(&far);
    world.say(&far);
    world.say(&[1_000; 4].into_iter().chain([1_050]).collect::<Vec<_>>());
    assert_eq!(strikes(&world, 5), 0);
    world.say(&far);
    world.say(&far);
    // Reports without the fifth reporter: whoever submits them adds no strike and takes none away.
    world.next();
    let mut reports = world.oracle.reports(&world.suite, 1, &[1_000; 6]);
    reports.remove(4);
    world.submit(reports);
    assert_eq!(strikes(&world, 5), 2);
}

#[test]
fn a_report_that_is_forged_or_skipped_gives_its_reporter_no_strike() {
    let mut world = nine();
    for _ in 0..limits::STRIKES {
        world.next();
        let mut reports = world.oracle.reports(&world.suite, 1, &[1_000; 6]);
        reports[5].value = 9u128.into();
        world.submit(reports);
    }
    assert_eq!(strikes(&world, 6), 0);
    assert_eq!(world.feed().reporters[5].suspended_until, 0);
}

#[test]
fn suspensions_leave_as_many_as_confirm_a_value() {
    let mut world = nine();
    // Three of nine lie again and again: two are suspended, and then seven are left, who are needed.
    for _ in 0..limits::STRIKES {
        world.say(&[1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 9, 9, 9]);
    }
    let suspended = |world: &World| {
        let now = world.now();
        world.feed().reporters.iter().filter(|reporter| reporter.suspended_until > now).count()
    };
    assert_eq!(suspended(&world), 2);
    assert_eq!(strikes(&world, 9), limits::STRIKES);
    world.say(&[1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 9]);
    assert_eq!((suspended(&world), strikes(&world, 9)), (2, limits::STRIKES));
    // All seven that are left still end a trip.
    world.say(&[2_000; 9]);
    world.suite.advance(COOLDOWN);
    world.say(&[2_000; 9]);
    assert_eq!(world.price(), Some(2_000));
}

#[test]
fn who_did_not_agree_with_a_confirmed_jump_has_a_strike() {
    let mut world = nine();
    world.say(&[1_000; 9]);
    world.say(&[2_000; 9]);
    world.suite.advance(COOLDOWN);
    let events = world.say(&[2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 1_000]);
    assert!(matches!(events[..], [Event::Updated { reports: 8, .. }, Event::Outlier { .. }]), "{events:?}");
    assert_eq!(strikes(&world, 9), 1);
}

#[test]
fn a_trip_gives_nobody_a_strike() {
    let mut world = nine();
    world.say(&[1_000; 9]);
    let events = world.say(&[2_000, 2_000, 2_000, 2_000, 2_000, 1_000, 1_000]);
    assert!(matches!(events[..], [Event::Tripped { .. }]), "{events:?}");
    assert!(world.feed().reporters.iter().all(|reporter| reporter.strikes == 0));
    let early = world.say_refused(&[2_000; 7]);
    assert!(matches!(early, ContractError::Early { .. }), "{early}");
}
