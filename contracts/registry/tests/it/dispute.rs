//! Disputes of DGKBE keys: what is proven, what it costs, and whom.

use crate::keyfiles::{self, Key, SLOTS, Wrong, key, off_subgroup, power, suite, suite_with};
use bithive_api::registry::{Event, ExecuteMsg, Hook, KeyDispute, KeyOpening, Params};
use bithive_contract_kit::InputError;
use bithive_dgkbe::opening::OpeningError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{DISPUTE_DEPOSIT, NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Binary;

const SLOT: u16 = 5;
const GAP: u16 = SLOTS + 1 - SLOT;
/// 20 % of the bond.
const BOUNTY: u128 = NODE_BOND / 5;
/// Half of the rest is burnt, half goes to the treasury.
const HALF: u128 = (NODE_BOND - BOUNTY) / 2;

/// A registry where Alice holds this key; Bob disputes.
fn with_alice(wrong: Wrong) -> (Suite, Key) {
    let mut suite = suite();
    let key = key(SLOT, wrong);
    let registration = key.registration(&suite, "alice");
    suite.bond("alice", NODE_BOND, &Hook::RegisterNode(registration)).unwrap();
    (suite, key)
}

fn untouched(suite: &Suite) {
    let node = suite.node("alice").unwrap();
    assert_eq!((node.bond.u128(), node.eligible, node.malformed), (NODE_BOND, true, false));
    assert_eq!((node.slashed.u128(), node.unbonding_until), (0, None));
    suite.custody();
    suite.conservation();
}

/// Bob wins: his deposit and the bounty are his, Alice has nothing left and is on her way out.
fn convicted(suite: &mut Suite, opening: KeyOpening, fault: &str) {
    let (alice, bob) = (suite.account("alice"), suite.account("bob"));
    let until = suite.now() + params().unbonding_seconds;
    let response = suite.dispute("bob", "alice", opening).unwrap();
    let event = Event::KeyMalformed {
        address: alice,
        slot: SLOT,
        disputer: bob.clone(),
        fault: fault.into(),
        amount: NODE_BOND.into(),
        bounty: BOUNTY.into(),
        burnt: HALF.into(),
        until,
    };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    assert_eq!(suite.balance(&bob), DISPUTE_DEPOSIT + BOUNTY);
    assert_eq!(suite.balance(&suite.treasury), HALF);
    assert_eq!(suite.supply(&suite.btt).burnt.u128(), HALF);
    let node = suite.node("alice").unwrap();
    assert_eq!((node.bond.u128(), node.slashed.u128()), (0, NODE_BOND));
    assert_eq!((node.eligible, node.malformed, node.unbonding_until), (false, true, Some(until)));
    suite.custody();
    suite.conservation();
}

/// Bob loses his deposit, half to the fire and half to the treasury.
fn lost(suite: &mut Suite, opening: KeyOpening) {
    let (burnt, treasury) = (suite.supply(&suite.btt).burnt.u128(), suite.balance(&suite.treasury));
    let (alice, bob) = (suite.account("alice"), suite.account("bob"));
    let response = suite.dispute("bob", "alice", opening).unwrap();
    let (amount, burnt_now) = (DISPUTE_DEPOSIT.into(), (DISPUTE_DEPOSIT / 2).into());
    let event = Event::DisputeLost { address: alice, disputer: bob.clone(), amount, burnt: burnt_now };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    assert_eq!(suite.balance(&bob), 0);
    assert_eq!(suite.balance(&suite.treasury), treasury + DISPUTE_DEPOSIT / 2);
    assert_eq!(suite.supply(&suite.btt).burnt.u128(), burnt + DISPUTE_DEPOSIT / 2);
    untouched(suite);
}

/// Nothing happens, and Bob keeps his deposit.
fn refused(suite: &mut Suite, node: &str, opening: KeyOpening) -> ContractError {
    let (bob, before) = (suite.account("bob"), suite.balance(&suite.account("bob")));
    let error = refusal(suite.dispute("bob", node, opening));
    assert_eq!(suite.balance(&bob), before + DISPUTE_DEPOSIT);
    assert_eq!(suite.balance(&suite.treasury), 0);
    suite.custody();
    suite.conservation();
    error
}

#[test]
fn a_wrong_element_costs_its_owner_the_bond() {
    for index in [1, GAP - 1, GAP + 1, SLOTS] {
        let (mut suite, key) = with_alice(Wrong::Point(index));
        convicted(&mut suite, key.element(index), &format!("element {index} is another point"));
    }
}

#[test]
fn an_element_that_is_no_point_of_the_subgroup_costs_its_owner_the_bond() {
    let mut above_the_modulus = [0xff; 96];
    above_the_modulus[0] = 0x9f;
    let mut not_compressed = [0; 96];
    not_compressed[95] = 1;
    for bytes in [off_subgroup(), above_the_modulus, not_compressed, [0xff; 96]] {
        let (mut suite, key) = with_alice(Wrong::Bytes(3, bytes));
        convicted(&mut suite, key.element(3), "element 3 is not a point");
    }
}

#[test]
fn the_identity_is_a_wrong_element() {
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    let (mut suite, key) = with_alice(Wrong::Bytes(3, identity));
    convicted(&mut suite, key.element(3), "element 3 is another point");
}

#[test]
fn a_wrong_header_costs_its_owner_the_bond() {
    let (mut suite, key) = with_alice(Wrong::Header);
    convicted(&mut suite, key.header(), "header");
}

#[test]
fn a_key_file_of_another_slot_or_commitment_costs_its_owner_the_bond() {
    let mut suite = suite();
    let mut registered = key(SLOT, Wrong::Nothing);
    registered.file = key(SLOT + 1, Wrong::Nothing).file;
    let registration = registered.registration(&suite, "alice");
    suite.bond("alice", NODE_BOND, &Hook::RegisterNode(registration)).unwrap();
    convicted(&mut suite, registered.header(), "header");
}

#[test]
fn a_file_of_another_length_costs_its_owner_the_bond() {
    for wrong in [Wrong::Short, Wrong::Long] {
        let (mut suite, key) = with_alice(wrong);
        convicted(&mut suite, key.end(), "length");
    }
    let (mut suite, key) = with_alice(Wrong::Short);
    convicted(&mut suite, key.element(SLOTS), "length");
}

#[test]
fn a_dispute_of_a_sound_key_costs_the_deposit_and_the_accused_nothing() {
    let (mut suite, key) = with_alice(Wrong::Nothing);
    lost(&mut suite, key.header());
    lost(&mut suite, key.end());
    for index in (1..=SLOTS).filter(|index| *index != GAP) {
        lost(&mut suite, key.element(index));
    }
}

#[test]
fn a_dispute_beside_the_fault_is_lost() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    lost(&mut suite, key.element(4));
    lost(&mut suite, key.header());
    lost(&mut suite, key.end());
}

#[test]
fn an_opening_that_does_not_verify_moves_nothing() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    let parts = |opening: KeyOpening| match opening {
        KeyOpening::Element { key, power, .. } => (key, power),
        KeyOpening::Header { key } | KeyOpening::End { key } => (key, Binary::default()),
    };
    let (slice, b3) = parts(key.element(3));
    let mut flipped = slice.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let flipped: Binary = flipped.into();
    let none = Binary::default();
    let element = |key: &Binary, power: &Binary| KeyOpening::Element {
        index: 3,
        key: key.clone(),
        power: power.clone(),
    };
    let cases = [
        ("key", element(&flipped, &b3)),
        ("key", element(&none, &b3)),
        ("key", element(&[slice.as_slice(), &[0]].concat().into(), &b3)),
        ("key", element(&parts(keyfiles::key(SLOT + 1, Wrong::Point(3)).element(3)).0, &b3)),
        ("key", KeyOpening::Header { key: parts(key.element(SLOTS)).0 }),
        ("key", KeyOpening::End { key: none.clone() }),
        ("reference string", element(&slice, &none)),
        ("reference string", element(&slice, &slice)),
        ("reference string", element(&slice, &power(20).into())),
    ];
    for (expected, opening) in cases {
        let error = refused(&mut suite, "alice", opening);
        let ContractError::Opening(OpeningError::Slice { file, .. }) = error else {
            panic!("{expected}: refused for another reason: {error}")
        };
        assert_eq!(file, expected);
    }
    untouched(&suite);
    convicted_after_refusals(&mut suite, element(&slice, &b3));
}

/// The same fault is still proven.
fn convicted_after_refusals(suite: &mut Suite, opening: KeyOpening) {
    suite.dispute("carol", "alice", opening).unwrap();
    assert!(suite.node("alice").unwrap().malformed);
}

#[test]
fn an_index_without_an_element_is_no_dispute() {
    let (mut suite, key) = with_alice(Wrong::Nothing);
    let KeyOpening::Element { key, power, .. } = key.element(1) else { unreachable!() };
    for index in [0, GAP, SLOTS + 1, u16::MAX] {
        let opening = KeyOpening::Element { index, key: key.clone(), power: power.clone() };
        let error = refused(&mut suite, "alice", opening);
        let expected = OpeningError::Index { slot: SLOT, index, slots: SLOTS, gap: GAP };
        assert_eq!(error, ContractError::Opening(expected));
    }
    untouched(&suite);
}

#[test]
fn a_dispute_takes_exactly_its_deposit() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    let dispute = KeyDispute { node: suite.account("alice").into(), opening: key.element(3) };
    for found in [1, DISPUTE_DEPOSIT - 1, DISPUTE_DEPOSIT + 1] {
        let error: ContractError = refusal(suite.bond("bob", found, &Hook::Dispute(dispute.clone())));
        let (what, expected) = ("the deposit of a dispute", DISPUTE_DEPOSIT.into());
        let amount = InputError::Amount { what, found: found.into(), expected };
        assert_eq!(error, ContractError::Input(amount));
    }
    untouched(&suite);
}

#[test]
fn only_nodes_have_keys_to_dispute() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    for name in ["carol", "nobody"] {
        let error = refused(&mut suite, name, key.element(3));
        assert_eq!(error, ContractError::NotNode { address: suite.account(name).into() });
    }
    let dispute = KeyDispute { node: "alice".into(), opening: key.element(3) };
    let error: ContractError = refusal(suite.bond("bob", DISPUTE_DEPOSIT, &Hook::Dispute(dispute)));
    assert_eq!(error, ContractError::Input(InputError::Address { field: "node", found: "alice".into() }));
}

#[test]
fn a_key_is_proven_malformed_once() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    convicted(&mut suite, key.element(3), "element 3 is another point");
    let error: ContractError = refusal(suite.dispute("carol", "alice", key.element(3)));
    assert_eq!(error, ContractError::AlreadyProven { address: suite.account("alice").into() });
    assert_eq!(suite.balance(&suite.account("carol")), DISPUTE_DEPOSIT);
    suite.custody();
}

#[test]
fn a_convicted_node_leaves_and_anyone_frees_its_slot() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    convicted(&mut suite, key.element(3), "element 3 is another point");
    let (alice, bob) = (suite.account("alice"), suite.account("bob"));
    let until = suite.now() + params().unbonding_seconds;
    let leaving = ContractError::Unbonding { address: alice.to_string(), until };
    assert_eq!(refusal::<ContractError>(suite.bond("alice", NODE_BOND, &Hook::AddBond {})), leaving);
    assert_eq!(refusal::<ContractError>(suite.ask_registry(&alice, &ExecuteMsg::Unbond {})), leaving);
    let withdraw = ExecuteMsg::WithdrawBond { address: alice.to_string() };
    let early: ContractError = refusal(suite.ask_registry(&bob, &withdraw));
    assert!(matches!(early, ContractError::TooEarly { .. }), "{early}");
    suite.advance(params().unbonding_seconds);
    suite.ask_registry(&bob, &withdraw).unwrap();
    assert!(suite.node("alice").is_none());
    // What Alice had tried to add never left her.
    assert_eq!(suite.balance(&alice), NODE_BOND);
    // The slot is free, for her too, with a sound key.
    let sound = keyfiles::key(SLOT, Wrong::Nothing).registration(&suite, "alice");
    suite.send_btt(&alice, &suite.registry.clone(), NODE_BOND, &Hook::RegisterNode(sound)).unwrap();
    assert!(suite.node("alice").unwrap().eligible);
    suite.custody();
    suite.conservation();
}

#[test]
fn a_dispute_reaches_a_node_on_its_way_out_and_does_not_keep_it_longer() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    let alice = suite.account("alice");
    suite.ask_registry(&alice, &ExecuteMsg::Unbond {}).unwrap();
    let until = suite.now() + params().unbonding_seconds;
    suite.advance(params().unbonding_seconds);
    suite.dispute("bob", "alice", key.element(3)).unwrap();
    assert_eq!(suite.balance(&suite.account("bob")), DISPUTE_DEPOSIT + BOUNTY);
    assert_eq!(suite.node("alice").unwrap().unbonding_until, Some(until));
    suite.ask_registry(&alice, &ExecuteMsg::WithdrawBond { address: alice.to_string() }).unwrap();
    assert_eq!(suite.balance(&alice), 0);
    let gone = refused_after(&mut suite, &key);
    assert_eq!(gone, ContractError::NotNode { address: alice.into() });
    suite.custody();
    suite.conservation();
}

fn refused_after(suite: &mut Suite, key: &Key) -> ContractError {
    refusal(suite.dispute("carol", "alice", key.element(3)))
}

#[test]
fn a_bond_that_is_gone_pays_no_bounty() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    let (jobs, alice) = (suite.faucet.clone(), suite.account("alice").to_string());
    suite.wire_jobs(&jobs);
    let slash = ExecuteMsg::Slash { node: alice, amount: u128::MAX.into(), reason: "late".into(), job_id: 1 };
    suite.ask_registry(&jobs, &slash).unwrap();
    suite.dispute("bob", "alice", key.element(3)).unwrap();
    assert_eq!(suite.balance(&suite.account("bob")), DISPUTE_DEPOSIT);
    assert!(suite.node("alice").unwrap().malformed);
    suite.custody();
    suite.conservation();
}

#[test]
fn disputing_oneself_loses_more_than_it_returns_whatever_the_parameters() {
    let most = bithive_api::registry::limits::MAX_BOUNTY_BPS;
    for (bounty_bps, burn_bps) in [(1, 0), (2_000, 5_000), (most, 0), (most, 10_000)] {
        let mut suite = suite_with(Params { bounty_bps, burn_bps, ..params() });
        let key = key(SLOT, Wrong::Point(3));
        let registration = key.registration(&suite, "alice");
        suite.bond("alice", NODE_BOND + 1, &Hook::RegisterNode(registration)).unwrap();
        suite.dispute("alice", "alice", key.element(3)).unwrap();
        let returned = suite.balance(&suite.account("alice")) - DISPUTE_DEPOSIT;
        let lost = suite.supply(&suite.btt).burnt.u128() + suite.balance(&suite.treasury);
        assert_eq!(returned + lost, NODE_BOND + 1);
        assert!(returned < lost, "{returned} back, {lost} lost");
        suite.custody();
        suite.conservation();
    }
}

#[test]
fn a_key_of_a_later_group_is_judged_by_its_place_in_the_group() {
    let mut suite = suite_with(Params { groups: 2, ..params() });
    let (sound, wrong) = (key(SLOT, Wrong::Nothing), key(SLOT + 1, Wrong::Point(3)));
    for (name, key) in [("alice", &sound), ("carol", &wrong)] {
        let registration = key.with(suite.registration(name, SLOTS + key.slot));
        suite.bond(name, NODE_BOND, &Hook::RegisterNode(registration)).unwrap();
    }
    suite.dispute("bob", "alice", sound.header()).unwrap();
    suite.dispute("bob", "alice", sound.element(3)).unwrap();
    untouched(&suite);
    suite.dispute("bob", "carol", wrong.element(3)).unwrap();
    assert!(suite.node("carol").unwrap().malformed);
}

#[test]
fn a_hook_that_an_account_makes_up_disputes_nothing() {
    let (mut suite, key) = with_alice(Wrong::Point(3));
    let dispute = KeyDispute { node: suite.account("alice").into(), opening: key.element(3) };
    let hook = cw20::Cw20ReceiveMsg {
        sender: suite.account("bob").into(),
        amount: DISPUTE_DEPOSIT.into(),
        msg: cosmwasm_std::to_json_binary(&Hook::Dispute(dispute)).unwrap(),
    };
    let bob = suite.account("bob");
    let error: ContractError = refusal(suite.ask_registry(&bob, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::Input(InputError::NotTheToken { .. })), "{error}");
    untouched(&suite);
}
