//! Contracts that cut bonds, and what is left of a listing then.

use bithive_api::listings::{Event, ExecuteMsg, Ruler, State};
use bithive_contract_kit::InputError;
use bithive_listings::ContractError;
use bithive_test_kit::listings::{category, terms};
use bithive_test_kit::refusal;

use crate::world::{BOND, World};

const ARBITERS: &str = "arbiters";

/// With a category whose bonds the suite's relay contract may cut, and a listing in it.
fn world() -> (World, u64) {
    let mut world = World::new();
    let (btt, ruler) = (world.btt(), world.ruler.to_string());
    let mut terms = terms((&btt, BOND), Ruler::Named(ruler));
    terms.slashers = vec![world.suite.faucet.to_string()];
    let listings = world.listings.clone();
    listings.set(&mut world.suite, ARBITERS, category(terms)).unwrap();
    let id = world.list(ARBITERS);
    (world, id)
}

fn slash(world: &mut World, id: u64, amount: u128) -> Result<Vec<Event>, ContractError> {
    let (faucet, contract) = (world.suite.faucet.clone(), world.listings.address.clone());
    let message = ExecuteMsg::Slash { id, amount: amount.into(), reason: "was silent".into() };
    match world.suite.relay(&faucet, &contract, &message) {
        Ok(response) => Ok(world.told(&response, Some)),
        Err(error) => Err(error.downcast().unwrap()),
    }
}

#[test]
fn a_named_contract_cuts_a_bond_for_the_treasury_and_its_owner_may_fill_it_up_again() {
    let (mut world, id) = world();
    slash(&mut world, id, 300).unwrap();
    assert_eq!((world.listing(id).bond.u128(), world.parties()), (BOND - 300, [0, 0, 300]));
    let (stranger, btt, listings) = (world.stranger.clone(), world.btt(), world.listings.clone());
    let much = listings.top_up(&mut world.suite, &stranger, (&btt, 301), id);
    assert!(matches!(refusal(much), ContractError::Input(InputError::OutOfBounds { most: 300, .. })));
    listings.top_up(&mut world.suite, &stranger, (&btt, 300), id).unwrap();
    assert_eq!(world.listing(id).bond.u128(), BOND);
    world.check();
}

#[test]
fn a_bond_that_is_cut_whole_removes_the_listing() {
    let (mut world, id) = world();
    let events = slash(&mut world, id, u128::MAX).unwrap();
    assert!(matches!(events[..], [Event::Slashed { .. }, Event::Removed { .. }]), "{events:?}");
    assert_eq!((world.state(id), world.parties()), (State::Removed, [0, 0, BOND]));
    assert_eq!(slash(&mut world, id, 1), Err(ContractError::NoBond { id }));
    world.check();
}

#[test]
fn a_cut_while_challenged_leaves_the_verdict_to_the_ruler_and_the_rest_to_the_winner() {
    for (upheld, owed) in [(true, [0, BOND, BOND]), (false, [BOND / 2, 0, BOND + BOND / 2])] {
        let (mut world, id) = world();
        let challenge = world.challenge(id);
        slash(&mut world, id, BOND).unwrap();
        assert_eq!(world.state(id), State::Active, "the challenger waits for its verdict");
        world.rule(id, challenge, upheld).unwrap();
        assert_eq!((world.state(id), world.parties()), (State::Removed, owed), "upheld: {upheld}");
        world.check();
    }
}

#[test]
fn nobody_else_cuts_a_bond_and_nothing_is_no_cut() {
    let (mut world, id) = world();
    let message = ExecuteMsg::Slash { id, amount: 1u128.into(), reason: String::new() };
    assert!(matches!(world.refused(&message), ContractError::Unauthorized(_)));
    let zero = slash(&mut world, id, 0);
    assert_eq!(zero, Err(ContractError::Input(InputError::Zero { field: "the amount" })));
    world.check();
}
