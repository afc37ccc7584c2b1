//! How flows end: each state has an exit that a stranger can take or a party, and nobody's absence keeps money back.

use bithive_api::flows::ExecuteMsg;
use bithive_flows::ContractError;
use bithive_test_kit::flows::{NOTICE, by_vouchers, rate};
use bithive_test_kit::refusal;

use crate::world::{STEP, WEALTH, World};

const CLOSE: ExecuteMsg = ExecuteMsg::Close { id: 1 };
const FINISH: ExecuteMsg = ExecuteMsg::Finish { id: 1 };

#[test]
fn either_side_closes_a_flow_by_time_at_once_and_each_has_its_part() {
    for by_payer in [true, false] {
        let mut world = World::new();
        world.open(100, rate(10, STEP, 1)).unwrap();
        world.suite.advance(3 * STEP + 1);
        let who = if by_payer { world.payer.clone() } else { world.payee.clone() };
        world.send(&who, &CLOSE).unwrap();
        assert_eq!(world.flow(1), None);
        assert_eq!(world.paid_out(), [40, WEALTH - 40]);
        // It is gone for good: nothing is paid, closed or added a second time.
        assert_eq!(world.refused(&who, &CLOSE), ContractError::NoFlow { id: 1 });
        assert_eq!(refusal::<ContractError>(world.top_up(1, 10, None)), ContractError::NoFlow { id: 1 });
        assert_eq!(world.paid_out(), [40, WEALTH - 40]);
    }
}

#[test]
fn a_stranger_closes_nothing() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 0)).unwrap();
    world.channel(100);
    let stranger = world.stranger.clone();
    for id in [1, 2] {
        let error = world.refused(&stranger, &ExecuteMsg::Close { id });
        assert!(matches!(error, ContractError::Unauthorized(_)), "{error:?}");
    }
}

#[test]
fn a_stranger_finishes_a_drained_flow_whose_parties_are_gone_and_no_other() {
    let mut world = World::new();
    world.open(35, rate(10, STEP, 0)).unwrap();
    world.suite.advance(3 * STEP - 1);
    let ends = world.flow(1).unwrap().ends;
    let error: ContractError = refusal(world.by_stranger(&FINISH));
    assert_eq!(error, ContractError::NotFinished { id: 1, ends, now: ends - 1 });
    world.suite.advance(1);
    world.by_stranger(&FINISH).unwrap();
    assert_eq!(world.paid_out(), [30, WEALTH - 30], "what nobody had settled is the payee's");
}

#[test]
fn a_stranger_finishes_a_flow_by_vouchers_after_its_end_and_not_at_it() {
    let mut world = World::new();
    let ends = world.now() + NOTICE;
    world.open(100, by_vouchers(1, ends)).unwrap();
    world.suite.advance(NOTICE);
    // At the end itself a voucher is taken, and the flow goes on.
    let error: ContractError = refusal(world.by_stranger(&FINISH));
    assert_eq!(error, ContractError::NotFinished { id: 1, ends, now: ends });
    let voucher = world.flows.voucher(1, 1, 30);
    world.redeem(vec![voucher]).unwrap();
    world.suite.advance(1);
    let late = world.flows.voucher(1, 1, 40);
    let error: ContractError = refusal(world.redeem(vec![late]));
    assert_eq!(error, ContractError::Ended { id: 1, ends, now: ends + 1 });
    world.by_stranger(&FINISH).unwrap();
    assert_eq!(world.paid_out(), [30, WEALTH - 30]);
}

#[test]
fn a_stranger_finishes_a_flow_by_vouchers_that_has_paid_all() {
    let mut world = World::new();
    world.channel(100);
    assert!(matches!(refusal(world.by_stranger(&FINISH)), ContractError::NotFinished { .. }));
    let voucher = world.flows.voucher(1, 1, 100);
    world.redeem(vec![voucher]).unwrap();
    world.by_stranger(&FINISH).unwrap();
    assert_eq!(world.paid_out(), [100, WEALTH - 100]);
}

#[test]
fn a_payer_that_closes_with_vouchers_outstanding_waits_for_its_notice_in_which_they_pay() {
    let mut world = World::new();
    world.channel(100);
    let payer = world.payer.clone();
    world.send(&payer, &CLOSE).unwrap();
    let ends = world.now() + NOTICE;
    let flow = world.flow(1).unwrap();
    assert_eq!((flow.ends, flow.closing), (ends, true));
    // Closing again, or a deposit with a later end, moves nothing.
    world.suite.advance(NOTICE / 2);
    assert_eq!(world.refused(&payer, &CLOSE), ContractError::ClosingAlready { id: 1, ends });
    assert_eq!(refusal::<ContractError>(world.top_up(1, 5, None)), ContractError::Closing { id: 1 });
    let refused: ContractError = refusal(world.top_up(1, 5, Some(ends + 9 * NOTICE)));
    assert_eq!(refused, ContractError::Closing { id: 1 });
    let error = world.refused(&payer, &FINISH);
    assert_eq!(error, ContractError::NotFinished { id: 1, ends, now: ends - NOTICE / 2 });
    world.suite.advance(NOTICE / 2);
    let voucher = world.flows.voucher(1, 1, 80);
    world.redeem(vec![voucher]).unwrap();
    world.suite.advance(1);
    world.by_stranger(&FINISH).unwrap();
    assert_eq!(world.paid_out(), [80, WEALTH - 80]);
}

#[test]
fn a_notice_makes_no_end_later() {
    let mut world = World::new();
    let ends = world.now() + NOTICE + 10;
    world.open(100, by_vouchers(1, ends)).unwrap();
    world.suite.advance(NOTICE);
    let payer = world.payer.clone();
    world.send(&payer, &CLOSE).unwrap();
    assert_eq!(world.flow(1).unwrap().ends, ends);
}

#[test]
fn a_payee_closes_a_flow_by_vouchers_at_once_and_also_after_its_payer_did() {
    for closing in [false, true] {
        let mut world = World::new();
        world.channel(100);
        let (payer, payee) = (world.payer.clone(), world.payee.clone());
        let voucher = world.flows.voucher(1, 1, 60);
        world.redeem(vec![voucher]).unwrap();
        if closing {
            world.send(&payer, &CLOSE).unwrap();
        }
        world.send(&payee, &CLOSE).unwrap();
        assert_eq!(world.paid_out(), [60, WEALTH - 60]);
        // Later vouchers are worth nothing, as the message says.
        let late = world.flows.voucher(1, 1, 100);
        assert_eq!(refusal::<ContractError>(world.redeem(vec![late])), ContractError::NoFlow { id: 1 });
    }
}

#[test]
fn a_number_is_never_given_twice() {
    let mut world = World::new();
    world.channel(100);
    let payee = world.payee.clone();
    let old = world.flows.voucher(1, 1, 100);
    world.send(&payee, &CLOSE).unwrap();
    world.channel(100);
    assert_eq!(world.flow(1), None);
    assert_eq!(world.flow(2).unwrap().deposit.u128(), 100);
    assert_eq!(refusal::<ContractError>(world.redeem(vec![old])), ContractError::NoFlow { id: 1 });
}

#[test]
fn what_somebody_is_owed_is_paid_once_and_to_nobody_else() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 4)).unwrap();
    world.by_stranger(&ExecuteMsg::Settle { id: 1 }).unwrap();
    let withdraw = ExecuteMsg::Withdraw { asset: world.btt() };
    let (stranger, payee) = (world.stranger.clone(), world.payee.clone());
    assert!(matches!(world.refused(&stranger, &withdraw), ContractError::NothingOwed(_)));
    world.send(&payee, &withdraw).unwrap();
    assert!(matches!(world.refused(&payee, &withdraw), ContractError::NothingOwed(_)));
    assert_eq!(world.suite.balance(&payee), 40);
    world.check();
}
