//! Every state has an exit that a stranger takes, and nobody's absence keeps money back.

use bithive_api::escrow::{Approver, ExecuteMsg, Phase, limits};
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{DUE, REVIEW, signers};
use bithive_test_kit::refusal;

use crate::world::{FUNDING, World};

const ALONE: Approver = Approver::Payer { arbiter: None };

/// Worlds with agreement 1 in each state, and the longest time after which a stranger moves it on.
fn states() -> Vec<(World, u64)> {
    let mut states = Vec::new();
    let mut add = |longest: u64, prepare: &dyn Fn(&mut World)| {
        let mut world = World::new();
        prepare(&mut world);
        states.push((world, longest));
    };
    add(FUNDING, &|world| {
        world.raise(&[100], Approver::Contributors {}).unwrap();
        world.fund(0, 10).unwrap();
    });
    add(DUE, &|world| drop(world.open(&[30, 70], ALONE).unwrap()));
    add(DUE, &|world| world.funded(&[100]));
    add(DUE, &|world| {
        let hash = [1; 32].into();
        drop(world.open(&[100], Approver::Preimage { hash }).unwrap());
    });
    add(REVIEW, &|world| {
        world.open(&[30, 70], ALONE).unwrap();
        world.submit().unwrap();
    });
    add(REVIEW, &|world| {
        let approver = signers(1, &[&world.crowd[0]]);
        world.open(&[100], approver).unwrap();
        world.submit().unwrap();
    });
    add(REVIEW, &|world| {
        world.funded(&[100]);
        world.submit().unwrap();
        world.votes(2, false).unwrap();
        assert!(matches!(world.phase(), Phase::Voting { .. }));
    });
    add(DUE, &|world| {
        world.open(&[30, 70], ALONE).unwrap();
        world.submit().unwrap();
        world.pays(false).unwrap();
    });
    add(limits::RULING_SECONDS, &|world| {
        world.open(&[30, 70], world.by_payer()).unwrap();
        world.submit().unwrap();
        world.pays(false).unwrap();
        let payee = world.payee.clone();
        world.send(&payee, &ExecuteMsg::Dispute { id: 1, milestone: 1 }).unwrap();
    });
    states
}

/// A stranger advances and refunds until agreement 1 has ended.
fn finish(world: &mut World) {
    for _ in 0..8 {
        if world.ended() {
            return;
        }
        if matches!(world.phase(), Phase::Refunding { .. }) {
            for contributor in world.crowd.clone() {
                let refund = ExecuteMsg::Refund { id: 1, contributor: contributor.into() };
                drop(world.by_stranger(&refund));
            }
        } else {
            world.suite.advance(limits::MAX_DUE_SECONDS);
            world.advance().unwrap();
        }
    }
    panic!("it does not end: {:?}", world.phase());
}

#[test]
fn a_stranger_ends_every_state_after_its_time_and_not_before_and_all_of_the_money_is_somebodys() {
    for (mut world, longest) in states() {
        let phase = world.phase();
        world.suite.advance(longest);
        assert!(matches!(refusal(world.advance()), ContractError::NotYet { .. }), "{phase:?}");
        world.suite.advance(1);
        world.advance().unwrap();
        finish(&mut world);
        let held = world.escrow.held(&world.suite, &world.btt());
        assert_eq!(held.escrowed.u128(), 0, "{phase:?}");
        world.check();
    }
}

#[test]
fn the_largest_agreement_ends_and_leaves_no_row_behind() {
    let mut world = World::new();
    let names: Vec<_> = (0..23).map(|index| world.suite.account(&format!("party {index}"))).collect();
    let bps = |index: usize| if index == 0 { 3_000 } else { 1_000 };
    let payees: Vec<_> = names[..8].iter().enumerate().map(|(index, name)| (name, bps(index))).collect();
    let others: Vec<_> = names[8..].iter().collect();
    let terms = bithive_api::escrow::Terms {
        payees: bithive_test_kit::escrow::payees(&payees),
        milestones: bithive_test_kit::escrow::milestones(&[7; 16]),
        approver: signers(1, &others),
        text: Some([7; 32].into()),
    };
    world.open_with(112, terms).unwrap();
    for _ in 0..16 {
        world.speak(&names[9], true).unwrap();
    }
    assert!(world.ended());
    for party in names.iter().chain([&world.payer]) {
        assert_eq!(world.escrow.numbers(&world.suite, party), [0; 0]);
    }
    // Seven units in eight parts: the first one has the rounding of each.
    assert_eq!(world.owed(&names[0]), 112);
    world.check();
}
