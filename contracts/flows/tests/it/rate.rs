//! Flows by time: whole steps, the advance, and what a later deposit does.

use bithive_api::flows::{Event, ExecuteMsg, Terms};
use bithive_flows::ContractError;
use bithive_test_kit::flows::{opening, rate};
use bithive_test_kit::refusal;

use crate::world::{STEP, WEALTH, World, collect};

const SETTLE: ExecuteMsg = ExecuteMsg::Settle { id: 1 };

#[test]
fn whole_steps_are_due_and_anybody_credits_the_payee() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 0)).unwrap();
    let error: ContractError = refusal(world.by_stranger(&SETTLE));
    assert_eq!(error, ContractError::NothingDue { id: 1 });
    world.suite.advance(3 * STEP - 1);
    assert_eq!(world.flow(1).unwrap().due.u128(), 20);
    world.by_stranger(&SETTLE).unwrap();
    assert_eq!(world.owed(), [20, 0]);
    // In the same block nothing is due again.
    assert_eq!(refusal::<ContractError>(world.by_stranger(&SETTLE)), ContractError::NothingDue { id: 1 });
    world.suite.advance(1);
    world.by_stranger(&SETTLE).unwrap();
    assert_eq!(world.owed(), [30, 0]);
    world.check();
}

#[test]
fn how_often_anybody_settles_changes_nothing() {
    let mut often = World::new();
    let mut once = World::new();
    for world in [&mut often, &mut once] {
        world.open(1_000, rate(7, STEP, 2)).unwrap();
    }
    for seconds in [1, 59, 61, 30, 119, 7, 600] {
        often.suite.advance(seconds);
        once.suite.advance(seconds);
        drop(often.by_stranger(&SETTLE));
    }
    once.by_stranger(&SETTLE).unwrap();
    assert_eq!(often.owed(), once.owed());
}

#[test]
fn an_advance_is_due_at_once_and_steps_come_on_top() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 2)).unwrap();
    assert_eq!(world.flow(1).unwrap().due.u128(), 20);
    world.suite.advance(STEP);
    assert_eq!(world.flow(1).unwrap().due.u128(), 30);
    // Two of ten units were due at once, so the last comes after eight steps.
    assert_eq!(world.flow(1).unwrap().ends, world.now() + 7 * STEP);
}

#[test]
fn a_deposit_drains_to_its_last_whole_unit_and_no_further() {
    let mut world = World::new();
    world.open(35, rate(10, STEP, 0)).unwrap();
    world.suite.advance(1_000 * STEP);
    world.by_stranger(&SETTLE).unwrap();
    assert_eq!(world.owed(), [30, 0]);
    world.by_stranger(&ExecuteMsg::Finish { id: 1 }).unwrap();
    assert_eq!(world.paid_out(), [30, WEALTH - 30]);
}

#[test]
fn a_top_up_in_time_goes_on_where_it_was() {
    let mut world = World::new();
    world.open(40, rate(10, STEP, 0)).unwrap();
    let start = world.now();
    world.suite.advance(2 * STEP + 30);
    world.top_up(1, 20, None).unwrap();
    let flow = world.flow(1).unwrap();
    assert_eq!((flow.start, flow.deposit.u128(), flow.due.u128()), (start, 60, 20));
    assert_eq!(flow.ends, start + 6 * STEP);
    world.suite.advance(30);
    assert_eq!(world.flow(1).unwrap().due.u128(), 30, "the step that had begun is not lost");
}

#[test]
fn a_top_up_of_a_drained_flow_begins_now_and_pays_nothing_for_the_time_without_a_deposit() {
    let mut world = World::new();
    world.open(45, rate(10, STEP, 3)).unwrap();
    world.suite.advance(500 * STEP);
    let response = world.top_up(1, 30, None).unwrap();
    let paid = collect(&world, &response, |event| match event {
        Event::Paid { amount, paid, .. } => Some((amount.u128(), paid.u128())),
        _ => None,
    });
    assert_eq!(paid, [(40, 40)], "what had drained is settled first");
    let flow = world.flow(1).unwrap();
    assert_eq!((flow.start, flow.deposit.u128(), flow.paid.u128()), (world.now(), 35, 0));
    assert_eq!((flow.due.u128(), flow.ends), (0, world.now() + 3 * STEP), "no advance a second time");
    assert_eq!(flow.terms, rate(10, STEP, 0));
    assert_eq!(world.owed(), [40, 0]);
    world.suite.advance(STEP);
    world.by_stranger(&SETTLE).unwrap();
    assert_eq!(world.owed(), [50, 0]);
    world.check();
}

#[test]
fn a_drained_flow_takes_no_top_up_below_a_unit() {
    let mut world = World::new();
    world.open(30, rate(10, STEP, 0)).unwrap();
    world.suite.advance(3 * STEP);
    let error: ContractError = refusal(world.top_up(1, 9, None));
    assert_eq!(error, ContractError::NoUnit { found: 9u128.into(), amount: 10u128.into() });
    assert_eq!(world.flow(1).unwrap().due.u128(), 30, "a refusal moves nothing");
    world.check();
}

#[test]
fn a_clock_that_goes_back_pays_nothing_twice_and_takes_nothing() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 0)).unwrap();
    world.suite.advance(5 * STEP);
    world.by_stranger(&SETTLE).unwrap();
    world.suite.app.update_block(|block| block.time = block.time.minus_seconds(4 * STEP));
    assert_eq!(refusal::<ContractError>(world.by_stranger(&SETTLE)), ContractError::NothingDue { id: 1 });
    let payer = world.payer.clone();
    world.send(&payer, &ExecuteMsg::Close { id: 1 }).unwrap();
    assert_eq!(world.paid_out(), [50, WEALTH - 50]);
}

#[test]
fn anybody_may_add_and_what_is_left_is_the_payers() {
    let mut world = World::new();
    world.open(20, rate(10, STEP, 0)).unwrap();
    let (friend, btt) = (world.suite.account("friend"), world.btt());
    world.suite.fund(&friend, 50);
    world.flows.top_up(&mut world.suite, &friend, (&btt, 50), 1, None).unwrap();
    world.suite.advance(STEP);
    let payer = world.payer.clone();
    world.send(&payer, &ExecuteMsg::Close { id: 1 }).unwrap();
    assert_eq!(world.paid_out(), [10, WEALTH - 20 + 60]);
}

#[test]
fn a_payee_that_adds_what_the_payers_rest_lacks_of_a_unit_is_refused() {
    let mut world = World::new();
    // Of 19 base units 10 are a unit, and the other 9 come back.
    world.open(19, rate(10, STEP, 0)).unwrap();
    let (payee, btt) = (world.payee.clone(), world.btt());
    world.suite.fund(&payee, 30);
    for seconds in [0, STEP] {
        world.suite.advance(seconds);
        let error =
            refusal::<ContractError>(world.flows.top_up(&mut world.suite, &payee, (&btt, 1), 1, None));
        assert_eq!(error, ContractError::PartOfUnit { id: 1, found: 1u128.into(), amount: 10u128.into() });
    }
    // A whole one it may pay itself: the rest stays the payer's.
    world.flows.top_up(&mut world.suite, &payee, (&btt, 10), 1, None).unwrap();
    world.suite.advance(9 * STEP);
    world.by_stranger(&ExecuteMsg::Finish { id: 1 }).unwrap();
    assert_eq!(world.owed(), [20, 9]);
}

#[test]
fn a_transfer_settles_first_and_later_steps_are_the_new_payees() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 0)).unwrap();
    world.suite.advance(2 * STEP);
    let (payee, heir, btt) = (world.payee.clone(), world.suite.account("heir"), world.btt());
    world.send(&payee, &ExecuteMsg::Transfer { id: 1, payee: heir.to_string() }).unwrap();
    world.suite.advance(STEP);
    world.by_stranger(&SETTLE).unwrap();
    assert_eq!((world.owed()[0], world.flows.claimable(&world.suite, &heir, &btt)), (20, 10));
    let lists = [&payee, &heir].map(|account| world.flows.numbers(&world.suite, account));
    assert_eq!(lists, [vec![], vec![1]]);
    // Who has handed it over has no say any more.
    for message in [ExecuteMsg::Close { id: 1 }, ExecuteMsg::Transfer { id: 1, payee: payee.to_string() }] {
        assert!(matches!(world.refused(&payee, &message), ContractError::Unauthorized(_)));
    }
    world.check();
}

#[test]
fn a_transfer_to_oneself_settles_once() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 0)).unwrap();
    world.suite.advance(2 * STEP);
    let payee = world.payee.clone();
    for _ in 0..2 {
        world.send(&payee, &ExecuteMsg::Transfer { id: 1, payee: payee.to_string() }).unwrap();
    }
    assert_eq!((world.owed(), world.flows.numbers(&world.suite, &payee)), ([20, 0], vec![1]));
    world.check();
}

#[test]
fn a_flow_is_handed_over_only_where_its_payer_has_allowed_it_and_never_to_the_payer() {
    let mut world = World::new();
    let (payer, payee, btt) = (world.payer.clone(), world.payee.clone(), world.btt());
    let mut open = opening(&payee, rate(10, STEP, 0));
    open.transferable = false;
    world.flows.open(&mut world.suite, &payer, (&btt, 50), open).unwrap();
    world.open(50, rate(10, STEP, 0)).unwrap();
    let transfer = |id, to: &str| ExecuteMsg::Transfer { id, payee: to.into() };
    let to = world.stranger.to_string();
    assert_eq!(world.refused(&payee, &transfer(1, &to)), ContractError::NotTransferable { id: 1 });
    let error = world.refused(&payee, &transfer(2, payer.as_str()));
    assert_eq!(error, ContractError::OwnPayee { found: payer.to_string() });
    let own = [world.flows.address.to_string(), world.suite.btt.to_string()];
    for unusable in own {
        assert!(matches!(world.refused(&payee, &transfer(2, &unusable)), ContractError::Input(_)));
    }
}

#[test]
fn the_largest_numbers_neither_wrap_nor_block_an_exit() {
    let mut world = World::new();
    let (payer, btt) = (world.payer.clone(), world.btt());
    world.open(WEALTH - 1, rate(u128::from(u64::MAX), STEP, u64::MAX)).unwrap_err();
    // All at once.
    world.open(WEALTH - 1, Terms::Rate { amount: 1u128.into(), step: STEP, advance: u64::MAX }).unwrap();
    assert_eq!(world.flow(1).unwrap().due.u128(), WEALTH - 1);
    world.flows.top_up(&mut world.suite, &payer, (&btt, 1), 1, None).unwrap();
    world.send(&payer, &ExecuteMsg::Close { id: 1 }).unwrap();
    assert_eq!(world.paid_out(), [WEALTH - 1, 1]);
}
