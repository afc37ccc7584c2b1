//! Signers approve: enough of them, in time; their silence refunds.

use bithive_api::escrow::{Approver, Phase};
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{DUE, REVIEW, signers, terms};
use bithive_test_kit::refusal;
use cosmwasm_std::Addr;

use crate::world::World;

/// Two of these three.
fn two_of_three(world: &World) -> Approver {
    let [ann, ben, cem, _] = &world.crowd;
    signers(2, &[ann, ben, cem])
}

fn signed() -> (World, [Addr; 4]) {
    let mut world = World::new();
    let approver = two_of_three(&world);
    world.open(&[30, 70], approver).unwrap();
    let names = world.crowd.clone();
    (world, names)
}

#[test]
fn enough_signers_release_each_counts_once_and_not_for_the_next_milestone() {
    let (mut world, [ann, ben, _, dora]) = signed();
    // Also before a submission: what they attest may have happened.
    world.speak(&ann, true).unwrap();
    let again: ContractError = refusal(world.speak(&ann, true));
    assert_eq!(again, ContractError::SpokenAlready { id: 1, milestone: 1 });
    assert!(matches!(refusal(world.speak(&dora, true)), ContractError::Unauthorized(_)));
    assert!(matches!(refusal(world.pays(true)), ContractError::Unauthorized(_)));
    world.speak(&ben, true).unwrap();
    assert_eq!((world.both(), world.agreement().milestone), ([30, 0], 2));
    world.speak(&ben, true).unwrap();
    assert_eq!(world.both(), [30, 0], "one is not enough");
    world.check();
}

#[test]
fn silent_signers_refund_after_a_review_and_after_the_time_for_a_submission() {
    let (mut world, [ann, ..]) = signed();
    world.submit().unwrap();
    world.speak(&ann, true).unwrap();
    world.suite.advance(REVIEW + 1);
    assert!(matches!(refusal(world.speak(&world.crowd[1].clone(), true)), ContractError::Late { .. }));
    world.advance().unwrap();
    assert_eq!((world.both(), world.ended()), ([0, 100], true));
    let (mut world, [ann, ..]) = signed();
    world.speak(&ann, true).unwrap();
    world.suite.advance(DUE + 1);
    world.advance().unwrap();
    assert_eq!((world.both(), world.ended()), ([0, 100], true));
    world.check();
}

#[test]
fn where_enough_can_not_be_found_any_more_it_is_refunded_at_once() {
    let (mut world, [ann, ben, ..]) = signed();
    let early: ContractError = refusal(world.speak(&ann, false));
    assert_eq!(early, ContractError::NothingSubmitted { id: 1, milestone: 1 });
    world.submit().unwrap();
    world.speak(&ann, false).unwrap();
    assert!(matches!(refusal(world.speak(&ann, true)), ContractError::SpokenAlready { .. }));
    assert!(matches!(world.phase(), Phase::Submitted { .. }));
    world.speak(&ben, false).unwrap();
    assert_eq!((world.both(), world.ended()), ([0, 100], true));
    world.check();
}

#[test]
fn payees_alone_can_not_approve_and_one_of_two_with_the_payer_can() {
    let mut world = World::new();
    let (payer, payee) = (world.payer.clone(), world.payee.clone());
    let own = terms(&payee, &[100], signers(1, &[&payee, &payer]));
    let error: ContractError = refusal(world.open_with(100, own));
    assert_eq!(error, ContractError::OwnApproval { found: 1, needed: 1 });
    let both = terms(&payee, &[100], signers(2, &[&payee, &payer, &world.arbiter.clone()]));
    world.open_with(100, both).unwrap();
    world.speak(&payee, true).unwrap();
    world.speak(&payer, true).unwrap();
    assert_eq!(world.both(), [100, 0]);
    world.check();
}

#[test]
fn a_crowd_buys_what_custodians_attest_or_is_refunded() {
    for attested in [true, false] {
        let mut world = World::new();
        let custodian = world.arbiter.clone();
        world.raise(&[60, 40], signers(1, &[&custodian])).unwrap();
        for (who, amount) in [10, 20, 30, 40].into_iter().enumerate() {
            world.fund(who, amount).unwrap();
        }
        world.submit().unwrap();
        assert!(matches!(refusal(world.votes(3, true)), ContractError::Unauthorized(_)));
        if attested {
            world.speak(&custodian, true).unwrap();
            assert_eq!((world.both(), world.agreement().milestone), ([60, 0], 2));
            world.suite.advance(DUE + 1);
        } else {
            world.suite.advance(REVIEW + 1);
        }
        world.advance().unwrap();
        world.refund_all();
        let expected = if attested { [4, 8, 12, 16] } else { [10, 20, 30, 40] };
        assert_eq!((world.of_crowd(), world.ended()), (expected, true));
        world.check();
    }
}

#[test]
fn all_fifteen_signers_are_told_apart() {
    let mut world = World::new();
    let names: Vec<Addr> = (0..15).map(|index| world.suite.account(&format!("signer {index}"))).collect();
    let all: Vec<&Addr> = names.iter().collect();
    world.open(&[100], signers(15, &all)).unwrap();
    for name in &names {
        assert_eq!(world.both(), [0, 0]);
        world.speak(name, true).unwrap();
    }
    assert_eq!(world.both(), [100, 0]);
}
