//! Seats of jurors: who can be drawn, and that nobody moves into a draw whose beacon it knows.

use bithive_api::listings::{Category, CategoryResponse, ExecuteMsg, Of, QueryMsg, Ruler, State};
use bithive_listings::ContractError;
use bithive_test_kit::listings::{POOL, RULING, category, terms};
use bithive_test_kit::refusal;
use cosmwasm_std::Addr;

use crate::world::{JUDGED, STAKE, World};

impl World {
    /// Number of a juror's own listing.
    pub fn number_of(&self, juror: &Addr) -> u64 {
        self.listings.numbers(&self.suite, Some(Of::Party(juror.to_string())))[0]
    }

    /// What is left of a juror's bond.
    pub fn bond_of(&self, juror: &Addr) -> u128 {
        self.listing(self.number_of(juror)).bond.u128()
    }

    /// Whether these jurors have lost nothing.
    pub fn held_whole(&self, jurors: &[Addr]) -> bool {
        jurors.iter().all(|juror| self.bond_of(juror) == STAKE)
    }

    /// Jurors that have a seat.
    pub fn seated(&self) -> u32 {
        let query = QueryMsg::Category { name: POOL.into() };
        let category: Option<CategoryResponse> = self.suite.query(&self.listings.address, &query);
        category.unwrap().seated
    }

    fn sit(&mut self, name: &str) -> Addr {
        let (juror, btt, listings) = (self.suite.account(name), self.btt(), self.listings.clone());
        self.suite.fund_in(&juror, &btt, STAKE);
        listings.list(&mut self.suite, &juror, (&btt, STAKE), (POOL, 1)).unwrap();
        juror
    }
}

#[test]
fn who_sits_down_after_a_challenge_is_not_drawn_for_it_even_on_a_seat_that_was_free() {
    let mut world = World::with_jurors(12);
    // A seat is free before the challenge, and taken after it; so is a new one.
    let first = world.suite.account("juror 0");
    let own = world.number_of(&first);
    world.send(&first, &ExecuteMsg::Leave { id: own }).unwrap();
    let (id, _) = world.challenged(JUDGED);
    let late: Vec<_> = (0..40).map(|index| world.sit(&format!("late {index}"))).collect();
    assert_eq!(world.seated(), 51);
    let jurors = loop {
        world.listings.draw(&mut world.suite, id).unwrap();
        let jurors = world.listings.jurors(&world.suite, id);
        if !jurors.is_empty() {
            break jurors;
        }
        world.suite.advance(60);
    };
    assert_eq!(jurors.len(), 7);
    assert!(jurors.iter().all(|juror| !late.contains(juror) && *juror != first), "{jurors:?}");
    // For the next challenge they are.
    world.suite.advance(2 * RULING);
    world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
    world.challenge(id);
    let jurors = world.draw(id);
    assert!(jurors.iter().any(|juror| late.contains(juror)));
    world.check();
}

#[test]
fn who_gives_its_seat_up_once_it_knows_the_beacon_takes_only_itself_out() {
    let drawn = |leaving: Option<&Addr>| {
        let mut world = World::with_jurors(14);
        let (id, _) = world.challenged(JUDGED);
        if let Some(juror) = leaving {
            let own = world.number_of(juror);
            world.send(juror, &ExecuteMsg::Leave { id: own }).unwrap();
        }
        world.draw(id)
    };
    let as_it_was = drawn(None);
    let without = drawn(Some(&as_it_was[2]));
    assert_eq!(without[..2], as_it_was[..2]);
    assert_eq!(without[2..6], as_it_was[3..]);
    assert!(!without.contains(&as_it_was[2]));
}

#[test]
fn seats_that_are_given_up_are_taken_again_and_the_draw_has_no_more_of_them() {
    let mut world = World::with_jurors(9);
    for round in 0..5 {
        for index in 0..9 {
            let name = if round == 0 { format!("juror {index}") } else { format!("{round} {index}") };
            let juror = world.suite.account(&name);
            let own = world.number_of(&juror);
            world.send(&juror, &ExecuteMsg::Leave { id: own }).unwrap();
        }
        assert_eq!(world.seated(), 0);
        for index in 0..9 {
            world.sit(&format!("{} {index}", round + 1));
        }
        assert_eq!(world.seated(), 9);
    }
    // With more seats than jurors, seven of nine would often not be found at once.
    let (id, _) = world.challenged(JUDGED);
    assert_eq!(world.draw(id).len(), 7);
    world.check();
}

#[test]
fn a_draw_that_finds_too_few_is_made_again_by_a_later_round() {
    let mut world = World::with_jurors(12);
    let (id, _) = world.challenged(JUDGED);
    let before = world.listing(id).challenge.unwrap();
    for index in 0..6 {
        let juror = world.suite.account(&format!("juror {index}"));
        let own = world.number_of(&juror);
        world.send(&juror, &ExecuteMsg::Leave { id: own }).unwrap();
    }
    world.suite.advance(600);
    world.listings.draw(&mut world.suite, id).unwrap();
    let after = world.listing(id).challenge.unwrap();
    assert!(after.jurors.is_empty() && after.round > before.round);
    assert_eq!(after.deadline, before.deadline, "and no time is won by it");
    world.suite.advance(RULING);
    world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
    assert_eq!(world.state(id), State::Active);
    world.check();
}

#[test]
fn an_account_has_one_seat_and_may_sit_again_once_it_gave_that_up() {
    let mut world = World::with_jurors(9);
    let (juror, btt, listings) = (world.suite.account("juror 0"), world.btt(), world.listings.clone());
    world.suite.fund_in(&juror, &btt, STAKE);
    let again = listings.list(&mut world.suite, &juror, (&btt, STAKE), (POOL, 1));
    let seated = ContractError::Seated { id: 1, category: POOL.into() };
    assert_eq!(refusal::<ContractError>(again), seated);
    world.send(&juror, &ExecuteMsg::Leave { id: 1 }).unwrap();
    listings.list(&mut world.suite, &juror, (&btt, STAKE), (POOL, 1)).unwrap();
    assert_eq!(world.seated(), 9);
    world.check();
}

#[test]
fn later_terms_never_make_a_majority_of_jurors_cheaper() {
    let mut world = World::with_jurors(9);
    let [btt, coin] = world.assets();
    let listings = world.listings.clone();
    let pool = |bond| Category { jurors: true, ..category(terms(bond, Ruler::Jurors(POOL.into()))) };
    for setting in [pool((&btt, STAKE - 1)), pool((&coin, STAKE))] {
        let refused = refusal(listings.set(&mut world.suite, POOL, setting));
        assert!(matches!(refused, ContractError::Cheaper { .. }));
    }
    let none = Category { jurors: false, ..pool((&btt, STAKE)) };
    let refused = refusal(listings.set(&mut world.suite, POOL, none));
    assert!(matches!(refused, ContractError::Jurors { .. }));
    listings.set(&mut world.suite, POOL, pool((&btt, STAKE + 1))).unwrap();
    world.check();
}
