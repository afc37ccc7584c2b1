//! Owners that leave, and what an update does and does not save them from.

use bithive_api::listings::{Challenge, ExecuteMsg, Hook, State};
use bithive_listings::ContractError;
use bithive_test_kit::listings::{DAY, RULING, UNBOND, content};
use bithive_test_kit::refusal;

use crate::world::{BOND, NAMED, World};

#[test]
fn an_owner_that_leaves_has_its_bond_back_after_its_time_by_anybodys_message() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let finish = ExecuteMsg::Finish { id };
    assert_eq!(world.refused(&finish), ContractError::NotLeaving { id });
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    world.suite.advance(UNBOND);
    assert!(matches!(world.refused(&finish), ContractError::Stands { .. }));
    world.suite.advance(1);
    let (stranger, now) = (world.stranger.clone(), world.suite.now());
    let late = refusal::<ContractError>(world.challenge_by(&stranger, id, BOND));
    assert_eq!(late, ContractError::Over { id, ends: now - 1, now });
    world.by_stranger(&finish).unwrap();
    assert_eq!(world.parties(), [BOND, 0, 0]);
    assert_eq!(world.refused(&finish), ContractError::NoListing { id });
    assert_eq!(world.list(NAMED), id + 1, "numbers are never given twice");
    world.check();
}

#[test]
fn a_challenge_of_a_listing_that_leaves_counts() {
    let mut world = World::new();
    let id = world.list(NAMED);
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    world.suite.advance(UNBOND);
    let challenge = world.challenge(id);
    world.suite.advance(1);
    assert_eq!(world.refused(&ExecuteMsg::Finish { id }), ContractError::Challenged { id });
    world.rule(id, challenge, true).unwrap();
    assert_eq!(world.parties(), [0, BOND + BOND / 2, BOND / 2]);
    assert_eq!(world.state(id), State::Removed);
    world.check();
}

#[test]
fn an_accomplices_challenge_does_not_use_up_the_time_in_which_others_challenge() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let ends = world.suite.now() + UNBOND;
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    world.suite.advance(UNBOND - DAY);
    let challenge = world.challenge(id);
    world.suite.advance(RULING);
    world.rule(id, challenge, false).unwrap();
    // A day was left, and is left.
    assert_eq!(world.state(id), State::Leaving { ends: ends + RULING });
    world.suite.advance(DAY);
    let (stranger, challenge) = (world.stranger.clone(), challenge + 1);
    world.challenge_by(&stranger, id, 2 * BOND).unwrap();
    world.rule(id, challenge, true).unwrap();
    assert_eq!(world.state(id), State::Removed);
    world.check();
}

#[test]
fn challenges_that_a_silent_ruler_leaves_open_hold_nobody_beyond_its_time() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let ends = world.suite.now() + UNBOND;
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    // Free, because both bonds return: again and again.
    while world.suite.now() <= ends {
        world.challenge(id);
        world.suite.advance(RULING + 1);
        world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
        assert_eq!(world.state(id), State::Leaving { ends });
    }
    assert!(world.suite.now() <= ends + RULING + 1);
    world.by_stranger(&ExecuteMsg::Finish { id }).unwrap();
    assert_eq!(world.owed([&world.owner]), [BOND]);
    world.check();
}

#[test]
fn an_update_is_a_new_revision_and_saves_nobody_from_a_challenge_of_an_older_one() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let better = content("a better thing");
    let update = ExecuteMsg::Update { id, content: Some(better.clone()), terms: None };
    world.by_owner(&update).unwrap();
    let listing = world.listing(id);
    assert_eq!((listing.content, listing.revision), (better, 2));
    let (challenger, btt) = (world.challenger.clone(), world.btt());
    for (revision, accepted) in [(0, false), (3, false), (1, true)] {
        let new = Challenge { id, revision, evidence: [4; 32].into(), uri: String::new() };
        let (message, hook) = (ExecuteMsg::Challenge(new.clone()), Hook::Challenge(new));
        let listings = world.listings.clone();
        let result = listings.pay(&mut world.suite, &challenger, (&btt, BOND), &message, &hook);
        assert_eq!(result.is_ok(), accepted, "revision {revision}");
    }
    assert_eq!(world.listing(id).challenge.unwrap().revision, 1);
    world.check();
}

#[test]
fn nothing_is_no_update_and_who_leaves_updates_nothing() {
    let mut world = World::new();
    let id = world.list(NAMED);
    let nothing = ExecuteMsg::Update { id, content: None, terms: None };
    assert_eq!(refusal::<ContractError>(world.by_owner(&nothing)), ContractError::NothingNew { id });
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    let update = ExecuteMsg::Update { id, content: Some(content("other")), terms: None };
    for message in [update, ExecuteMsg::Leave { id }] {
        assert_eq!(refusal::<ContractError>(world.by_owner(&message)), ContractError::NotActive { id });
    }
    world.check();
}
