//! Challenges that a named ruler decides, or does not.

use bithive_api::listings::{ExecuteMsg, State, Verdict};
use bithive_economics::challenge::REPEAT_SECONDS;
use bithive_listings::ContractError;
use bithive_test_kit::listings::{DAY, RULING};
use bithive_test_kit::refusal;

use crate::world::{BOND, NAMED, WEALTH, World};

#[test]
fn a_listing_that_loses_is_removed_and_half_of_its_bond_is_the_challengers() {
    let mut world = World::new();
    let (id, challenge) = world.challenged(NAMED);
    let response = world.rule(id, challenge, true).unwrap();
    assert_eq!(world.verdicts(&response), [Verdict::Upheld]);
    assert_eq!(world.parties(), [0, BOND + BOND / 2, BOND / 2]);
    let listing = world.listing(id);
    assert_eq!((listing.state, listing.bond.u128(), listing.challenge), (State::Removed, 0, None));
    world.check();
}

#[test]
fn a_challenger_that_loses_pays_half_of_its_bond_to_the_owner_and_the_listing_stands() {
    let mut world = World::new();
    let (id, challenge) = world.challenged(NAMED);
    let response = world.rule(id, challenge, false).unwrap();
    assert_eq!(world.verdicts(&response), [Verdict::Rejected]);
    assert_eq!(world.parties(), [BOND / 2, 0, BOND / 2]);
    let listing = world.listing(id);
    assert_eq!((listing.state, listing.bond.u128()), (State::Active, BOND));
    world.check();
}

#[test]
fn without_a_ruling_by_the_deadline_a_stranger_ends_the_challenge_and_both_bonds_return() {
    let mut world = World::new();
    let (id, challenge) = world.challenged(NAMED);
    world.suite.advance(RULING);
    let advance = ExecuteMsg::Advance { id };
    assert!(matches!(world.refused(&advance), ContractError::Open { .. }));
    world.suite.advance(1);
    assert!(matches!(refusal(world.rule(id, challenge, true)), ContractError::TooLate { .. }));
    let response = world.by_stranger(&advance).unwrap();
    assert_eq!(world.verdicts(&response), [Verdict::Unruled]);
    assert_eq!(world.parties(), [0, BOND, 0]);
    let listing = world.listing(id);
    assert_eq!((listing.state, listing.bond.u128(), listing.unruled), (State::Active, BOND, 1));
    assert_eq!(world.refused(&advance), ContractError::NoChallenge { id });
    world.check();
}

#[test]
fn a_ruling_counts_until_the_deadline_and_for_its_own_challenge_only() {
    let mut world = World::new();
    let (id, first) = world.challenged(NAMED);
    world.suite.advance(RULING);
    world.rule(id, first, false).unwrap();
    assert_eq!(refusal::<ContractError>(world.rule(id, first, true)), ContractError::NoChallenge { id });
    let second = world.challenge(id);
    let stale = ContractError::OtherChallenge { id, found: first, expected: second };
    assert_eq!(refusal::<ContractError>(world.rule(id, first, true)), stale);
    world.check();
}

#[test]
fn who_challenges_its_own_listing_loses_half_of_what_is_lost_whatever_the_ruling() {
    for upheld in [true, false] {
        let mut world = World::new();
        let (owner, btt) = (world.owner.clone(), world.btt());
        let id = world.list(NAMED);
        world.challenge_by(&owner, id, BOND).unwrap();
        world.rule(id, 1, upheld).unwrap();
        if !upheld {
            world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
            world.suite.advance(30 * DAY);
            world.by_stranger(&ExecuteMsg::Finish { id }).unwrap();
        }
        world.by_owner(&ExecuteMsg::Withdraw { asset: btt.clone() }).unwrap();
        assert_eq!(world.suite.balance_in(&owner, &btt), WEALTH - BOND / 2, "upheld: {upheld}");
        assert_eq!(world.owed([&world.listings.treasury]), [BOND / 2]);
        world.check();
    }
}

#[test]
fn a_repeat_within_thirty_days_costs_twice_as_much_whoever_makes_it_and_at_most_thirty_two_times() {
    let mut world = World::new();
    let id = world.list(NAMED);
    for (count, by) in [world.challenger.clone(), world.stranger.clone()].iter().cycle().take(8).enumerate() {
        let times = 1 << count.min(5);
        assert_eq!(world.listing(id).challenge_bond.u128(), times * BOND);
        if times > 1 {
            let cheap = world.challenge_by(by, id, BOND);
            assert!(refusal::<ContractError>(cheap).to_string().contains("expected exactly"));
        }
        world.challenge_by(by, id, times * BOND).unwrap();
        world.rule(id, count as u64 + 1, false).unwrap();
        world.suite.advance(REPEAT_SECONDS - 1);
    }
    // Half of each bond is the owner's: spam pays the one it is against.
    assert_eq!(world.owed([&world.owner]), [(1 + 2 + 4 + 8 + 16 + 3 * 32) * BOND / 2]);
    world.suite.advance(1);
    assert_eq!(world.listing(id).challenge_bond.u128(), BOND);
    world.check();
}

#[test]
fn a_second_challenge_waits_for_the_first_and_nobody_leaves_or_updates_meanwhile() {
    let mut world = World::new();
    let (id, _) = world.challenged(NAMED);
    let (stranger, busy) = (world.stranger.clone(), ContractError::Challenged { id });
    assert_eq!(refusal::<ContractError>(world.challenge_by(&stranger, id, 2 * BOND)), busy);
    assert_eq!(refusal::<ContractError>(world.by_owner(&ExecuteMsg::Leave { id })), busy);
    let update = ExecuteMsg::Update { id, content: None, terms: Some(1) };
    assert_eq!(refusal::<ContractError>(world.by_owner(&update)), busy);
    world.check();
}

#[test]
fn a_removed_listing_can_neither_be_challenged_nor_left() {
    let mut world = World::new();
    let (id, challenge) = world.challenged(NAMED);
    world.rule(id, challenge, true).unwrap();
    let (stranger, gone) = (world.stranger.clone(), ContractError::NotActive { id });
    assert_eq!(refusal::<ContractError>(world.challenge_by(&stranger, id, 2 * BOND)), gone);
    assert_eq!(refusal::<ContractError>(world.by_owner(&ExecuteMsg::Leave { id })), gone);
    assert_eq!(world.refused(&ExecuteMsg::Finish { id }), ContractError::NotLeaving { id });
    let (owner, btt) = (world.owner.clone(), world.btt());
    let listings = world.listings.clone();
    let top_up = listings.top_up(&mut world.suite, &owner, (&btt, 1), id);
    assert_eq!(refusal::<ContractError>(top_up), gone);
    world.check();
}
