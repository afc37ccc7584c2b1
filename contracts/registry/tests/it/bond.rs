//! Additions to a bond, unbonding and withdrawal.

use bithive_api::registry::{Event, ExecuteMsg, Hook};
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{START, Suite, UNIT, announced, refusal};
use cosmwasm_std::to_json_binary;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use cw20::Cw20ReceiveMsg;

fn unbond(suite: &mut Suite, name: &str) -> AnyResult<AppResponse> {
    let account = suite.account(name);
    suite.ask_registry(&account, &ExecuteMsg::Unbond {})
}

/// Anyone may ask; here a stranger always does.
fn withdraw(suite: &mut Suite, name: &str) -> AnyResult<AppResponse> {
    let (stranger, address) = (suite.account("stranger"), suite.account(name).to_string());
    suite.ask_registry(&stranger, &ExecuteMsg::WithdrawBond { address })
}

const WAIT: u64 = 14 * 86_400;

#[test]
fn an_addition_belongs_to_its_sender() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    let response = suite.bond("alice", UNIT, &Hook::AddBond {}).unwrap();
    suite.bond("carol", 2 * UNIT, &Hook::AddBond {}).unwrap();
    let event = Event::BondAdded { address: suite.account("alice"), amount: UNIT.into() };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    assert_eq!(suite.node("alice").unwrap().bond.u128(), NODE_BOND + UNIT);
    assert_eq!(suite.requester("carol").unwrap().bond.u128(), REQUESTER_BOND + 2 * UNIT);
    suite.custody();
}

#[test]
fn nothing_is_no_addition_and_a_stranger_has_no_bond() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let alice = suite.account("alice");
    let registry = suite.registry.clone();
    let error = refusal::<ContractError>(suite.send_btt(&alice, &registry, 0, &Hook::AddBond {}));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "the amount" }));
    let error = refusal::<ContractError>(suite.bond("bob", UNIT, &Hook::AddBond {}));
    assert_eq!(error, ContractError::NotRegistered { address: suite.account("bob").to_string() });
    suite.custody();
}

#[test]
fn an_amount_that_leaves_128_bits_is_refused_and_nothing_moves() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let (token, alice) = (suite.btt.clone(), suite.account("alice").to_string());
    // What a token without a cap could say that it has moved.
    let msg = to_json_binary(&Hook::AddBond {}).unwrap();
    let hook = Cw20ReceiveMsg { sender: alice, amount: u128::MAX.into(), msg };
    let error = refusal::<ContractError>(suite.ask_registry(&token, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::Overflow(_)), "{error}");
    assert_eq!(suite.node("alice").unwrap().bond.u128(), NODE_BOND);
    suite.custody();
}

#[test]
fn a_clock_that_goes_back_frees_no_bond_early_nor_twice() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_node("bob", 2, NODE_BOND).unwrap();
    unbond(&mut suite, "alice").unwrap();
    suite.advance(WAIT - 1);
    let back = |suite: &mut Suite| suite.app.update_block(|block| block.time = block.time.minus_days(2));
    back(&mut suite);
    assert!(matches!(refusal(withdraw(&mut suite, "alice")), ContractError::TooEarly { .. }));
    // Asking again begins nothing anew.
    assert!(matches!(refusal(unbond(&mut suite, "alice")), ContractError::Unbonding { .. }));
    suite.advance(2 * 86_400 + 1);
    withdraw(&mut suite, "alice").unwrap();
    back(&mut suite);
    assert!(matches!(refusal(withdraw(&mut suite, "alice")), ContractError::NotRegistered { .. }));
    assert_eq!(suite.balance(&suite.account("alice")), NODE_BOND);
    assert_eq!(suite.node("bob").unwrap().bond.u128(), NODE_BOND);
    suite.custody();
}

#[test]
fn an_unbonding_node_is_not_eligible_at_once() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let response = unbond(&mut suite, "alice").unwrap();
    let until = START + WAIT;
    assert_eq!(params().unbonding_seconds, WAIT);
    let event = Event::Unbonding { address: suite.account("alice"), until };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    let node = suite.node("alice").unwrap();
    assert_eq!((node.eligible, node.unbonding_until), (false, Some(until)));
    suite.custody();
}

#[test]
fn unbonding_starts_once_and_takes_no_additions() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    unbond(&mut suite, "alice").unwrap();
    suite.advance(WAIT);
    let expected = || ContractError::Unbonding {
        address: Suite::new().account("alice").to_string(),
        until: START + WAIT,
    };
    assert_eq!(refusal::<ContractError>(unbond(&mut suite, "alice")), expected());
    let error = refusal::<ContractError>(suite.bond("alice", UNIT, &Hook::AddBond {}));
    assert_eq!(error, expected());
}

#[test]
fn who_has_no_bond_can_neither_unbond_nor_withdraw() {
    let mut suite = Suite::new();
    let address = suite.account("bob").to_string();
    let expected = ContractError::NotRegistered { address };
    assert_eq!(refusal::<ContractError>(unbond(&mut suite, "bob")), expected);
    assert_eq!(refusal::<ContractError>(withdraw(&mut suite, "bob")), expected);
}

#[test]
fn a_bond_that_was_not_asked_back_stays() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.advance(10 * WAIT);
    let error = refusal::<ContractError>(withdraw(&mut suite, "alice"));
    assert_eq!(error, ContractError::NotUnbonding { address: suite.account("alice").to_string() });
    suite.custody();
}

#[test]
fn a_bond_is_locked_until_the_last_second() {
    let mut suite = Suite::new();
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    unbond(&mut suite, "carol").unwrap();
    suite.advance(WAIT - 1);
    let error = refusal::<ContractError>(withdraw(&mut suite, "carol"));
    let (address, until) = (suite.account("carol").to_string(), START + WAIT);
    assert_eq!(error, ContractError::TooEarly { address, until, now: until - 1 });
    suite.advance(1);
    withdraw(&mut suite, "carol").unwrap();
    assert_eq!(suite.balance(&suite.account("carol")), REQUESTER_BOND);
    suite.custody();
    suite.conservation();
}

#[test]
fn a_withdrawn_bond_goes_to_its_owner_once() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_node("bob", 2, NODE_BOND).unwrap();
    unbond(&mut suite, "alice").unwrap();
    suite.advance(WAIT);
    let response = withdraw(&mut suite, "alice").unwrap();
    let event = Event::BondWithdrawn { address: suite.account("alice"), amount: NODE_BOND.into() };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    let error = refusal::<ContractError>(withdraw(&mut suite, "alice"));
    assert!(matches!(error, ContractError::NotRegistered { .. }), "{error}");
    assert_eq!(suite.balance(&suite.account("alice")), NODE_BOND);
    assert_eq!(suite.balance(&suite.account("stranger")), 0);
    assert_eq!(suite.balance(&suite.registry), NODE_BOND);
    suite.custody();
    suite.conservation();
}

#[test]
fn a_withdrawal_frees_the_slot_the_keys_and_the_endpoint() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    unbond(&mut suite, "alice").unwrap();
    suite.advance(WAIT);
    // Still taken: the slot is free only once the bond is gone.
    let error = refusal::<ContractError>(suite.register_node("bob", 1, NODE_BOND));
    assert_eq!(error, ContractError::SlotTaken { slot: 1 });
    withdraw(&mut suite, "alice").unwrap();
    suite.register_node("bob", 1, NODE_BOND).unwrap();
    suite.register_node("alice", 2, NODE_BOND).unwrap();
    assert!(suite.node("alice").unwrap().eligible);
    suite.custody();
}
