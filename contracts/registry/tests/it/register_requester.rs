//! Registration of requesters.

use bithive_api::registry::{Event, Hook};
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND};
use bithive_test_kit::{NodeKeys, Suite, announced, refusal};
use cosmwasm_std::{HexBinary, Uint128};

#[test]
fn a_registered_requester_is_in_custody_and_is_no_node() {
    let mut suite = Suite::new();
    let response = suite.register_requester("carol", REQUESTER_BOND).unwrap();
    let carol = suite.account("carol");
    let event = Event::RequesterRegistered { address: carol };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    let requester = suite.requester("carol").unwrap();
    assert_eq!((requester.bond.u128(), requester.unbonding_until), (REQUESTER_BOND, None));
    assert_eq!(requester.endpoint, HexBinary::from(&NodeKeys::of("carol").endpoint));
    assert!(suite.node("carol").is_none());
    suite.custody();
    suite.conservation();
}

#[test]
fn a_bond_below_the_least_is_refused() {
    let mut suite = Suite::new();
    let error = refusal::<ContractError>(suite.register_requester("carol", REQUESTER_BOND - 1));
    let (found, least) = (Uint128::new(REQUESTER_BOND - 1), Uint128::new(REQUESTER_BOND));
    assert_eq!(error, ContractError::BondTooSmall { found, least });
}

#[test]
fn an_endpoint_of_another_length_is_refused() {
    let mut suite = Suite::new();
    let hook = Hook::RegisterRequester { endpoint: HexBinary::from(&[1; 33]) };
    let error = refusal::<ContractError>(suite.bond("carol", REQUESTER_BOND, &hook));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "endpoint", found: 33, least: 32, most: 32 })
    );
}

#[test]
fn an_endpoint_is_registered_once() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let endpoint = HexBinary::from(&NodeKeys::of("alice").endpoint);
    let hook = Hook::RegisterRequester { endpoint: endpoint.clone() };
    let error = refusal::<ContractError>(suite.bond("carol", REQUESTER_BOND, &hook));
    assert_eq!(error, ContractError::EndpointTaken { endpoint });
}

#[test]
fn an_account_registers_once_in_one_role() {
    let mut suite = Suite::new();
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    for name in ["carol", "alice"] {
        let hook = Hook::RegisterRequester { endpoint: HexBinary::from(&[9; 32]) };
        let error = refusal::<ContractError>(suite.bond(name, REQUESTER_BOND, &hook));
        assert_eq!(error, ContractError::AlreadyRegistered { address: suite.account(name).to_string() });
    }
}
