//! One payer approves: by its word, or by its silence.

use bithive_api::escrow::{Approver, Event, ExecuteMsg, Phase, Terms, limits};
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{DUE, REVIEW, milestones, payees};
use bithive_test_kit::refusal;

use crate::world::{WEALTH, World, events};

const ALONE: Approver = Approver::Payer { arbiter: None };

#[test]
fn milestones_are_paid_one_after_the_other_as_the_payer_approves() {
    let mut world = World::new();
    let opened = world.open(&[30, 70], ALONE).unwrap();
    let until = world.now() + DUE;
    assert_eq!(events(&world, &opened)[1], Event::Started { id: 1, milestone: 1, until });
    world.submit().unwrap();
    assert_eq!(world.phase(), Phase::Submitted { until: world.now() + REVIEW });
    world.pays(true).unwrap();
    assert_eq!((world.both(), world.agreement().milestone), ([30, 0], 2));
    // Before a submission, too: who pays may be content early.
    world.pays(true).unwrap();
    assert!(world.ended());
    assert_eq!(world.both(), [100, 0]);
    let (payee, asset) = (world.payee.clone(), world.btt());
    world.send(&payee, &ExecuteMsg::Withdraw { asset: asset.clone() }).unwrap();
    assert_eq!((world.suite.balance(&payee), world.suite.balance(&world.payer)), (100, WEALTH - 100));
    let error = world.refused(&payee, &ExecuteMsg::Withdraw { asset });
    assert!(matches!(error, ContractError::NothingOwed(_)), "{error:?}");
    world.check();
}

#[test]
fn silence_after_a_submission_releases_and_not_a_second_before() {
    let mut world = World::new();
    world.open(&[30, 70], ALONE).unwrap();
    world.suite.advance(DUE);
    world.submit().unwrap();
    world.suite.advance(REVIEW);
    let (id, until, now) = (1, world.now(), world.now());
    assert_eq!(refusal::<ContractError>(world.advance()), ContractError::NotYet { id, until, now });
    world.suite.advance(1);
    world.advance().unwrap();
    assert_eq!(world.both(), [30, 0]);
    // The next one begins when the first is released, however late that was.
    assert_eq!(world.phase(), Phase::Active { until: world.now() + DUE });
    world.check();
}

#[test]
fn a_deadline_passes_once_although_both_sides_advance_in_one_block() {
    let mut world = World::new();
    world.open(&[30, 70], ALONE).unwrap();
    world.submit().unwrap();
    world.suite.advance(REVIEW + 1);
    let (payer, payee) = (world.payer.clone(), world.payee.clone());
    world.send(&payee, &ExecuteMsg::Advance { id: 1 }).unwrap();
    let error = world.refused(&payer, &ExecuteMsg::Advance { id: 1 });
    assert!(matches!(error, ContractError::NotYet { .. }), "{error:?}");
    // A word that was meant for the milestone before does not count for this one.
    let error = world.refused(&payer, &ExecuteMsg::Approve { id: 1, milestone: 1 });
    assert_eq!(error, ContractError::AnotherMilestone { id: 1, found: 1, expected: 2 });
    assert_eq!(world.both(), [30, 0]);
    world.check();
}

#[test]
fn no_submission_in_time_refunds_all_that_is_left() {
    let mut world = World::new();
    world.open(&[30, 70], ALONE).unwrap();
    world.submit().unwrap();
    world.pays(true).unwrap();
    world.suite.advance(DUE + 1);
    let (id, until, now) = (1, world.now() - 1, world.now());
    assert_eq!(refusal::<ContractError>(world.submit()), ContractError::Late { id, until, now });
    world.advance().unwrap();
    assert!(world.ended());
    assert_eq!(world.both(), [30, 70]);
    world.check();
}

#[test]
fn without_an_arbiter_what_the_payer_rejects_can_be_done_better_or_is_refunded() {
    let mut world = World::new();
    world.open(&[30, 70], ALONE).unwrap();
    let due = world.now() + DUE;
    world.submit().unwrap();
    world.pays(false).unwrap();
    assert_eq!(world.phase(), Phase::Rejected { until: due }, "the time that there is anyway");
    world.suite.advance(DUE);
    world.submit().unwrap();
    world.pays(false).unwrap();
    assert_eq!(world.phase(), Phase::Rejected { until: world.now() + REVIEW }, "as long as a review");
    let payee = world.payee.clone();
    let error = world.refused(&payee, &ExecuteMsg::Dispute { id: 1, milestone: 1 });
    assert_eq!(error, ContractError::NoArbiter { id: 1 });
    world.suite.advance(REVIEW + 1);
    world.advance().unwrap();
    assert_eq!((world.both(), world.ended()), ([0, 100], true));
    world.check();
}

#[test]
fn a_payee_that_submits_again_and_again_has_three_tries() {
    let mut world = World::new();
    world.open(&[100], ALONE).unwrap();
    for _ in 0..limits::MAX_SUBMISSIONS {
        world.submit().unwrap();
        let again: ContractError = refusal(world.submit());
        assert_eq!(again, ContractError::NotAwaited { id: 1, milestone: 1 });
        world.pays(false).unwrap();
    }
    let error: ContractError = refusal(world.submit());
    assert_eq!(error, ContractError::TooManySubmissions { id: 1, milestone: 1 });
    // What was rejected can still be approved.
    world.pays(true).unwrap();
    assert_eq!(world.both(), [100, 0]);
    world.check();
}

#[test]
fn a_payer_rejects_what_was_submitted_only_and_in_time() {
    let mut world = World::new();
    world.open(&[100], ALONE).unwrap();
    let error: ContractError = refusal(world.pays(false));
    assert_eq!(error, ContractError::NothingSubmitted { id: 1, milestone: 1 });
    world.submit().unwrap();
    world.suite.advance(REVIEW + 1);
    assert!(matches!(refusal(world.pays(false)), ContractError::Late { id: 1, .. }));
    world.advance().unwrap();
    assert_eq!(world.both(), [100, 0]);
}

#[test]
fn several_payees_have_their_shares_and_the_first_what_rounding_leaves() {
    let mut world = World::new();
    let [second, third] = ["second", "third"].map(|name| world.suite.account(name));
    let of = payees(&[(&world.payee, 3_334), (&second, 3_333), (&third, 3_333)]);
    let terms = Terms { payees: of, milestones: milestones(&[101]), approver: ALONE, text: None };
    world.open_with(101, terms).unwrap();
    // Any of them submits.
    world.send(&third, &ExecuteMsg::Submit { id: 1, milestone: 1, evidence: None }).unwrap();
    world.pays(true).unwrap();
    assert_eq!([&world.payee, &second, &third].map(|payee| world.owed(payee)), [35, 33, 33]);
    world.check();
}

#[test]
fn the_first_payee_gives_up_and_the_payer_has_what_is_left_at_once() {
    let mut world = World::new();
    let second = world.suite.account("second");
    let of = payees(&[(&world.payee, 5_000), (&second, 5_000)]);
    let terms = Terms { payees: of, milestones: milestones(&[40, 60]), approver: ALONE, text: None };
    world.open_with(100, terms).unwrap();
    world.pays(true).unwrap();
    let error = world.refused(&second, &ExecuteMsg::Decline { id: 1 });
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error:?}");
    let payee = world.payee.clone();
    world.send(&payee, &ExecuteMsg::Decline { id: 1 }).unwrap();
    assert_eq!((world.both(), world.ended()), ([20, 60], true));
    world.check();
}

#[test]
fn a_number_is_never_given_twice() {
    let mut world = World::new();
    world.open(&[100], ALONE).unwrap();
    world.pays(true).unwrap();
    world.open(&[50], ALONE).unwrap();
    assert!(world.ended());
    let payer = world.payer.clone();
    assert_eq!(world.escrow.numbers(&world.suite, &payer), [2]);
}

#[test]
fn a_clock_that_goes_back_releases_nothing_early_nor_twice() {
    let mut world = World::new();
    world.open(&[30, 70], ALONE).unwrap();
    world.submit().unwrap();
    world.suite.advance(REVIEW + 1);
    world.advance().unwrap();
    world.suite.app.update_block(|block| block.time = block.time.minus_seconds(REVIEW + 1));
    assert!(matches!(refusal(world.advance()), ContractError::NotYet { .. }));
    assert_eq!(world.both(), [30, 0]);
    world.check();
}
