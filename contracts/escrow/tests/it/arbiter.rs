//! An arbiter decides where the payer rejects and a payee disagrees.

use bithive_api::escrow::{Event, ExecuteMsg, Phase, limits};
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{REVIEW, terms};
use bithive_test_kit::refusal;
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

use crate::world::{World, events};

const DISPUTE: ExecuteMsg = ExecuteMsg::Dispute { id: 1, milestone: 1 };

/// Milestone 1 of 30 and 70 BTT was rejected, and the payee has called the arbiter.
fn disputed() -> World {
    let mut world = World::new();
    world.open(&[30, 70], world.by_payer()).unwrap();
    world.submit().unwrap();
    world.pays(false).unwrap();
    let payee = world.payee.clone();
    world.send(&payee, &DISPUTE).unwrap();
    world
}

fn rule(world: &mut World, by: &Addr, payees_bps: u16) -> AnyResult<AppResponse> {
    world.send(by, &ExecuteMsg::Rule { id: 1, milestone: 1, payees_bps })
}

#[test]
fn a_ruling_for_the_payees_pays_the_milestone_and_the_work_goes_on() {
    let mut world = disputed();
    assert_eq!(world.phase(), Phase::Disputed { until: world.now() + limits::RULING_SECONDS });
    let arbiter = world.arbiter.clone();
    let response = rule(&mut world, &arbiter, 10_000).unwrap();
    let ruled = Event::Ruled { id: 1, milestone: 1, arbiter, payees: 30u128.into(), payer: 0u128.into() };
    assert_eq!(events(&world, &response)[0], ruled);
    assert_eq!((world.both(), world.agreement().milestone), ([30, 0], 2));
    world.check();
}

#[test]
fn a_ruling_that_divides_rounds_against_the_payees_and_ends_the_agreement() {
    for (bps, expected) in [(0, [0, 100]), (5_001, [15, 85]), (9_999, [29, 71])] {
        let mut world = disputed();
        let arbiter = world.arbiter.clone();
        rule(&mut world, &arbiter, bps).unwrap();
        assert_eq!((world.both(), world.ended()), (expected, true), "{bps}");
        world.check();
    }
    let mut world = disputed();
    let arbiter = world.arbiter.clone();
    assert!(matches!(refusal(rule(&mut world, &arbiter, 10_001)), ContractError::Bps(_)));
}

#[test]
fn nobody_but_the_arbiter_rules_and_only_on_a_dispute_in_time() {
    let mut world = disputed();
    for account in [world.payer.clone(), world.payee.clone(), world.stranger.clone()] {
        assert!(matches!(refusal(rule(&mut world, &account, 10_000)), ContractError::Unauthorized(_)));
    }
    world.suite.advance(limits::RULING_SECONDS + 1);
    let arbiter = world.arbiter.clone();
    assert!(matches!(refusal(rule(&mut world, &arbiter, 0)), ContractError::Late { .. }));
    let mut world = World::new();
    world.open(&[100], world.by_payer()).unwrap();
    let error: ContractError = refusal(rule(&mut world, &arbiter, 0));
    assert_eq!(error, ContractError::NotDisputed { id: 1, milestone: 1 });
}

#[test]
fn an_arbiter_silent_for_fourteen_days_leaves_the_payer_refunded_and_is_named() {
    let mut world = disputed();
    world.suite.advance(limits::RULING_SECONDS);
    assert!(matches!(refusal(world.advance()), ContractError::NotYet { .. }));
    world.suite.advance(1);
    let response = world.advance().unwrap();
    let arbiter = world.arbiter.clone();
    assert_eq!(events(&world, &response)[0], Event::Unruled { id: 1, milestone: 1, arbiter });
    assert_eq!((world.both(), world.ended()), ([0, 100], true));
    world.check();
}

#[test]
fn a_payee_disputes_a_rejection_only_and_in_time() {
    let mut world = World::new();
    world.open(&[100], world.by_payer()).unwrap();
    let payee = world.payee.clone();
    let not_rejected = ContractError::NotRejected { id: 1, milestone: 1 };
    assert_eq!(world.refused(&payee, &DISPUTE), not_rejected);
    world.submit().unwrap();
    assert_eq!(world.refused(&payee, &DISPUTE), not_rejected, "the review is not over");
    world.pays(false).unwrap();
    let Phase::Rejected { until } = world.phase() else { panic!("rejected") };
    world.suite.advance(until - world.now() + 1);
    assert!(matches!(world.refused(&payee, &DISPUTE), ContractError::Late { .. }));
    world.advance().unwrap();
    assert_eq!(world.both(), [0, 100]);
}

#[test]
fn a_dispute_is_made_once_and_neither_side_goes_round_it() {
    let mut world = disputed();
    let payee = world.payee.clone();
    assert!(matches!(world.refused(&payee, &DISPUTE), ContractError::NotRejected { .. }));
    assert!(matches!(refusal(world.submit()), ContractError::NotAwaited { .. }));
    assert!(matches!(refusal(world.pays(false)), ContractError::NothingSubmitted { .. }));
    world.suite.advance(REVIEW);
    // The payer may give in, and the payee give up.
    world.pays(true).unwrap();
    assert_eq!(world.both(), [30, 0]);
    let mut world = disputed();
    world.send(&payee, &ExecuteMsg::Decline { id: 1 }).unwrap();
    assert_eq!(world.both(), [0, 100]);
    world.check();
}

#[test]
fn nobody_is_the_arbiter_of_his_own_case() {
    let mut world = World::new();
    for account in [world.payer.clone(), world.payee.clone()] {
        let approver = bithive_api::escrow::Approver::Payer { arbiter: Some(account.to_string()) };
        let error: ContractError = refusal(world.open_with(10, terms(&world.payee, &[10], approver)));
        assert_eq!(error, ContractError::OwnArbiter { found: account.to_string() });
    }
    world.check();
}
