//! What the owner does, and what it gains by it: it names reporters, after a delay, and stops feeds; it sets no value.

use bithive_api::delay::limits as delays;
use bithive_api::oracle::{Event, ExecuteMsg, Status, limits};
use bithive_api::permission::{Permission, Permitted as _};
use bithive_oracle::ContractError;
use bithive_test_kit::announced;
use bithive_test_kit::oracle::{COOLDOWN, key, reporters, terms};
use cosmwasm_std::HexBinary;

use crate::world::World;

/// The signers of these numbers.
fn signers(numbers: core::ops::RangeInclusive<u8>) -> Vec<HexBinary> {
    numbers.map(key).collect()
}

#[test]
fn other_reporters_wait_where_anybody_sees_them_and_report_from_then_on() {
    let mut world = World::new();
    let (oracle, set) =
        (world.oracle.clone(), ExecuteMsg::SetReporters { feed: 1, reporters: signers(11..=15), quorum: 3 });
    world.suite.check_delay(
        &world.oracle.address,
        |_| set.clone(),
        |suite| oracle.feed(suite, 1).unwrap().reporters[0].key == key(11),
    );
    assert!(world.say_refused(&[100; 5]).to_string().contains("is no reporter of feed 1"));
}

#[test]
fn in_the_first_day_reporters_are_set_at_once() {
    let mut world = World::new();
    let response = world.set(&ExecuteMsg::SetReporters { feed: 1, reporters: signers(1..=7), quorum: 5 });
    let events: Vec<Event> = announced(&world.oracle.address, &response);
    assert_eq!(events, [Event::Reporters { feed: 1, reporters: 7, quorum: 5 }]);
    assert_eq!((world.feed().reporters.len(), world.feed().quorum, world.feed().confirming), (7, 5, 7));
}

#[test]
fn reporters_that_the_owner_makes_up_can_not_jump_and_their_steps_are_seen() {
    let mut world = World::new();
    world.say(&[1_000; 5]);
    // The owner names keys of its own, and says what it likes.
    world.set(&ExecuteMsg::SetReporters { feed: 1, reporters: signers(1..=5), quorum: 3 });
    assert_eq!(world.price(), Some(1_000), "the last price stays");
    world.say(&[5_000; 5]);
    assert_eq!(world.status(), Status::Tripped, "what steps count from stays");
    world.suite.advance(COOLDOWN - 60);
    world.say(&[5_000; 5]);
    assert_eq!(
        world.price(),
        Some(5_000),
        "after the delay of its setting and the cooldown it can say anything"
    );
}

#[test]
fn new_reporters_begin_without_strikes_of_those_before_them() {
    let mut world = World::with(9, 5);
    for _ in 0..limits::STRIKES {
        world.say(&[1_000, 1_000, 1_000, 1_000, 9]);
    }
    world.say(&[1_000, 1_000, 1_000, 1_000, 1_000, 9]);
    assert!(world.feed().reporters[4].suspended_until > world.now());
    world.set(&ExecuteMsg::SetReporters { feed: 1, reporters: signers(2..=10), quorum: 5 });
    let clean =
        world.feed().reporters.iter().all(|reporter| (reporter.strikes, reporter.suspended_until) == (0, 0));
    assert!(clean, "{:?}", world.feed().reporters);
}

#[test]
fn a_stopped_feed_answers_nothing_takes_nothing_and_grows_old() {
    let mut world = World::new();
    world.say(&[1_000; 5]);
    let response = world.set(&ExecuteMsg::SetStopped { feed: 1, stopped: true });
    let events: Vec<Event> = announced(&world.oracle.address, &response);
    assert_eq!(events, [Event::Stopped { feed: 1, stopped: true }]);
    assert_eq!((world.status(), world.price()), (Status::Stopped, None));
    assert!(world.no_price().contains("feed 1 is stopped"), "{}", world.no_price());
    assert_eq!(world.say_refused(&[1_000; 5]), ContractError::Stopped { feed: 1 });
    // A brake works at once, whatever the age of the contract, and so does its end.
    world.suite.advance(delays::SETUP_SECONDS);
    world.set(&ExecuteMsg::SetStopped { feed: 1, stopped: false });
    assert_eq!(world.status(), Status::Stale, "nobody keeps an old price by stopping a feed");
    world.set(&ExecuteMsg::SetStopped { feed: 1, stopped: true });
    assert_eq!(world.status(), Status::Stopped);
}

#[test]
fn a_pause_stops_all_feeds_and_its_end_starts_no_stopped_one() {
    let mut world = World::new();
    world.oracle.create(&mut world.suite, 5, 3);
    world.say(&[1_000; 5]);
    world.oracle.say(&mut world.suite, 2, &[7; 3]).unwrap();
    world.set(&ExecuteMsg::SetStopped { feed: 2, stopped: true });
    world.set(&ExecuteMsg::SetPaused { paused: true });
    assert_eq!((world.status(), world.price()), (Status::Stopped, None));
    assert_eq!(world.say_refused(&[1_000; 5]), ContractError::Stopped { feed: 1 });
    world.set(&ExecuteMsg::SetPaused { paused: false });
    assert_eq!(world.price(), Some(1_000));
    assert!(world.oracle.price(&world.suite, 2).unwrap_err().contains("feed 2 is stopped"));
}

#[test]
fn the_owner_has_no_message_with_a_value_and_is_no_reporter() {
    let owners: Vec<_> = ExecuteMsg::PERMISSIONS
        .iter()
        .filter(|(_, permission)| *permission == Permission::Owner)
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(
        owners,
        ["CreateFeed", "SetReporters", "SetStopped", "SetPaused", "CancelSetting", "TransferOwnership"]
    );
    let mut world = World::new();
    world.next();
    let (owner, round) = (world.owner.clone(), world.round());
    let reports = vec![world.oracle.report(9, 1, 5, world.now())];
    let message = ExecuteMsg::Submit { feed: 1, round, reports };
    assert!(world.oracle.send(&mut world.suite, &owner, &message).is_err());
}

#[test]
fn settings_of_feeds_that_are_not_there_or_with_bad_reporters_do_not_wait() {
    let mut world = World::new();
    world.suite.advance(delays::SETUP_SECONDS);
    let none = ExecuteMsg::SetReporters { feed: 2, reporters: reporters(5), quorum: 3 };
    assert_eq!(world.set_refused(&none), ContractError::NoFeed { feed: 2 });
    let even = ExecuteMsg::SetReporters { feed: 1, reporters: reporters(5), quorum: 4 };
    assert_eq!(world.set_refused(&even), ContractError::EvenQuorum { found: 4 });
    assert_eq!(
        world.set_refused(&ExecuteMsg::SetStopped { feed: 2, stopped: true }),
        ContractError::NoFeed { feed: 2 }
    );
    assert_eq!(world.suite.settings(&world.oracle.address), []);
    // A new feed is nobody's yet, and waits for nothing.
    world.set(&ExecuteMsg::CreateFeed { terms: terms(), reporters: reporters(3), quorum: 3 });
    assert_eq!(world.oracle.feed(&world.suite, 2).unwrap().status, Status::Empty);
}
