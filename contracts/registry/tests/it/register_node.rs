//! Registration of nodes: what must be proven and what must be free.

use bithive_api::registry::{Event, ExecuteMsg, Hook, NodeRegistration, Params};
use bithive_attest::Domain;
use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{CHAIN_ID, NodeKeys, START, Suite, announced, refusal};
use cosmwasm_std::{Api, HexBinary, Uint128};

/// The identity of G1, compressed.
fn identity() -> HexBinary {
    let mut bytes = [0; 48];
    bytes[0] = 0xc0;
    HexBinary::from(&bytes)
}

/// The point (0, 2): on the curve y^2 = x^3 + 4, but of order 3.
fn off_subgroup() -> HexBinary {
    let mut bytes = [0; 48];
    bytes[0] = 0x80;
    HexBinary::from(&bytes)
}

/// Alice's attempt to register with a registration changed by `change`.
fn attempt(suite: &mut Suite, change: impl FnOnce(&mut NodeRegistration)) -> ContractError {
    let mut registration = suite.registration("alice", 7);
    change(&mut registration);
    let error = refusal(suite.bond("alice", NODE_BOND, &Hook::RegisterNode(registration)));
    assert!(suite.node("alice").is_none());
    assert_eq!(suite.balance(&suite.account("alice")) % NODE_BOND, 0, "the bond stays with the account");
    suite.custody();
    error
}

#[test]
fn a_registered_node_is_eligible_and_its_bond_is_in_custody() {
    let mut suite = Suite::new();
    let response = suite.register_node("alice", 7, NODE_BOND).unwrap();
    let alice = suite.account("alice");
    let event = Event::NodeRegistered { address: alice.clone(), slot: 7 };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    let node = suite.node("alice").unwrap();
    assert_eq!(node.address, alice);
    assert_eq!(node.registration, suite.registration("alice", 7));
    assert_eq!((node.bond.u128(), node.eligible, node.unbonding_until), (NODE_BOND, true, None));
    suite.custody();
    suite.conservation();
}

#[test]
fn a_bond_below_the_least_is_refused() {
    let mut suite = Suite::new();
    let error = refusal::<ContractError>(suite.register_node("alice", 7, NODE_BOND - 1));
    let (found, least) = (Uint128::new(NODE_BOND - 1), Uint128::new(NODE_BOND));
    assert_eq!(error, ContractError::BondTooSmall { found, least });
    suite.custody();
}

#[test]
fn slots_run_from_one_to_the_last() {
    let mut suite = Suite::new();
    let slots = params().slots;
    for slot in [0, slots + 1, u16::MAX] {
        let error = refusal::<ContractError>(suite.register_node("alice", slot, NODE_BOND));
        assert_eq!(error, ContractError::SlotRange { slot, slots });
    }
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_node("bob", slots, NODE_BOND).unwrap();
}

#[test]
fn slots_of_several_groups_are_numbered_through() {
    let mut suite = Suite::with_params(Params { slots: 64, groups: 3, ..params() });
    let error = refusal::<ContractError>(suite.register_node("alice", 193, NODE_BOND));
    assert_eq!(error, ContractError::SlotRange { slot: 193, slots: 192 });
    suite.register_node("alice", 192, NODE_BOND).unwrap();
    // The same place in another group is another slot.
    suite.register_node("bob", 128, NODE_BOND).unwrap();
}

#[test]
fn a_slot_has_one_owner() {
    let mut suite = Suite::new();
    suite.register_node("bob", 7, NODE_BOND).unwrap();
    assert_eq!(attempt(&mut suite, |_| ()), ContractError::SlotTaken { slot: 7 });
}

#[test]
fn an_account_registers_once_in_one_role() {
    let mut suite = Suite::new();
    suite.register_node("alice", 7, NODE_BOND).unwrap();
    suite.register_requester("bob", REQUESTER_BOND).unwrap();
    let registry = suite.registry.clone();
    for name in ["alice", "bob"] {
        let account = suite.account(name).to_string();
        let fresh = NodeKeys::of("fresh").registration(suite.domain(&registry), &account, 8);
        let error = refusal::<ContractError>(suite.bond(name, NODE_BOND, &Hook::RegisterNode(fresh)));
        assert_eq!(error, ContractError::AlreadyRegistered { address: account });
    }
    suite.custody();
}

#[test]
fn a_bls_key_is_registered_once() {
    let mut suite = Suite::new();
    suite.register_node("bob", 1, NODE_BOND).unwrap();
    let (registry, alice) = (suite.registry.clone(), suite.account("alice").to_string());
    // Bob's own key, with a proof that Bob made for Alice's account.
    let shared = NodeKeys::of("bob").registration(suite.domain(&registry), &alice, 7);
    let error = attempt(&mut suite, |node| {
        (node.bls_key, node.bls_possession) = (shared.bls_key, shared.bls_possession);
    });
    assert_eq!(error, ContractError::BlsKeyTaken);
}

#[test]
fn an_endpoint_is_unique_over_all_roles() {
    let mut suite = Suite::new();
    suite.register_node("node", 1, NODE_BOND).unwrap();
    suite.register_requester("requester", REQUESTER_BOND).unwrap();
    let members = suite.committee_members(&["one", "two"]);
    let owner = suite.owner.clone();
    let from_epoch = START / params().epoch_seconds;
    suite.ask_registry(&owner, &ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch }).unwrap();
    for holder in ["node", "requester", "one"] {
        let endpoint = HexBinary::from(&NodeKeys::of(holder).endpoint);
        let error = attempt(&mut suite, |node| node.endpoint = endpoint.clone());
        assert_eq!(error, ContractError::EndpointTaken { endpoint });
    }
}

#[test]
fn a_field_of_another_length_is_named_with_the_length_expected() {
    type Field = fn(&mut NodeRegistration) -> &mut HexBinary;
    let fields: [(&str, usize, Field); 6] = [
        ("dgkbe_key", 48, |node| &mut node.dgkbe_key),
        ("dgkbe_key_digest", 32, |node| &mut node.dgkbe_key_digest),
        ("bls_key", 48, |node| &mut node.bls_key),
        ("bls_possession", 96, |node| &mut node.bls_possession),
        ("attributes_commitment", 32, |node| &mut node.attributes_commitment),
        ("endpoint", 32, |node| &mut node.endpoint),
    ];
    let mut suite = Suite::new();
    for (field, expected, of) in fields {
        for found in [0, expected - 1, expected + 1] {
            let error = attempt(&mut suite, |node| *of(node) = HexBinary::from(vec![1; found]));
            assert_eq!(
                error,
                ContractError::Input(InputError::Length { field, found, least: expected, most: expected })
            );
        }
    }
}

#[test]
fn the_identity_is_no_key() {
    let mut suite = Suite::new();
    let error = attempt(&mut suite, |node| node.dgkbe_key = identity());
    assert_eq!(error, ContractError::Bls(HostError::Identity("dgkbe_key")));
    let error = attempt(&mut suite, |node| node.bls_key = identity());
    assert_eq!(error, ContractError::Bls(HostError::Identity("BLS key")));
}

#[test]
fn a_point_off_the_subgroup_is_no_key() {
    let mut suite = Suite::new();
    let error = attempt(&mut suite, |node| node.dgkbe_key = off_subgroup());
    assert!(matches!(&error, ContractError::Bls(HostError::Point { what: "dgkbe_key", .. })), "{error}");
    let error = attempt(&mut suite, |node| node.bls_key = off_subgroup());
    assert!(matches!(&error, ContractError::Bls(HostError::Point { what: "BLS key", .. })), "{error}");
}

#[test]
fn bytes_that_are_no_point_are_no_key() {
    let mut suite = Suite::new();
    // A coordinate above the field's modulus, and a point without the flag of a compressed one.
    for first in [0x9f, 0x1f] {
        let mut bytes = [0xff; 48];
        bytes[0] = first;
        let error = attempt(&mut suite, |node| node.dgkbe_key = HexBinary::from(&bytes));
        assert!(matches!(&error, ContractError::Bls(HostError::Point { .. })), "{error}");
    }
}

#[test]
fn a_proof_of_possession_of_another_account_contract_or_chain_is_refused() {
    let mut suite = Suite::new();
    let (here, alice) = (suite.registry.to_string(), suite.account("alice").to_string());
    let (bob, elsewhere) = (suite.account("bob").to_string(), suite.account("other registry").to_string());
    let other_chain = Domain { chain_id: "bithive-test-2", contract: &here };
    let other_contract = Domain { chain_id: CHAIN_ID, contract: &elsewhere };
    let same = Domain { chain_id: CHAIN_ID, contract: &here };
    for (domain, account) in [(same, &bob), (other_contract, &alice), (other_chain, &alice)] {
        let copied = NodeKeys::of("alice").registration(domain, account, 7);
        let error = attempt(&mut suite, |node| *node = copied);
        assert_eq!(error, ContractError::Bls(HostError::Mismatch("BLS proof of possession")));
    }
}

#[test]
fn a_rogue_key_that_cancels_a_victim_has_no_proof() {
    let mut suite = Suite::new();
    suite.register_node("victim", 1, NODE_BOND).unwrap();
    // rogue = mine - victim, so rogue + victim = mine, for which the attacker alone could sign.
    let mine = NodeKeys::of("alice").bls;
    let mut negated = NodeKeys::of("victim").bls.public_key();
    negated[0] ^= 0x20;
    let rogue = suite.app.api().bls12_381_aggregate_g1([mine.public_key(), negated].as_flattened()).unwrap();
    let (here, alice) = (suite.registry.clone(), suite.account("alice").to_string());
    let message = bithive_attest::possession_bytes(suite.domain(&here), &alice, &rogue);
    let forged = HexBinary::from(&mine.prove_possession(&message));
    let error = attempt(&mut suite, |node| {
        (node.bls_key, node.bls_possession) = (HexBinary::from(&rogue), forged);
    });
    assert_eq!(error, ContractError::Bls(HostError::Mismatch("BLS proof of possession")));
}

#[test]
fn a_signature_over_the_same_bytes_is_no_proof() {
    let mut suite = Suite::new();
    let keys = NodeKeys::of("alice");
    let (here, alice) = (suite.registry.clone(), suite.account("alice").to_string());
    let message = bithive_attest::possession_bytes(suite.domain(&here), &alice, &keys.bls.public_key());
    let signature = HexBinary::from(&keys.bls.sign(&message));
    let error = attempt(&mut suite, |node| node.bls_possession = signature);
    assert_eq!(error, ContractError::Bls(HostError::Mismatch("BLS proof of possession")));
}

#[test]
fn a_proof_does_not_outlive_a_fork_that_renames_the_chain() {
    let mut suite = Suite::new();
    suite.app.update_block(|block| block.chain_id = "bithive-test-2".into());
    let error = attempt(&mut suite, |_| ());
    assert_eq!(error, ContractError::Bls(HostError::Mismatch("BLS proof of possession")));
}
