//! Queries: order, pages, and who is named.

use bithive_api::registry::{ExecuteMsg, IdentityResponse, NodeResponse, QueryMsg, Role, limits};
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND};
use bithive_test_kit::{NodeKeys, Suite};
use cosmwasm_std::HexBinary;

fn nodes(suite: &Suite, start_after: Option<u16>, limit: Option<u32>) -> Vec<u16> {
    let page: Vec<NodeResponse> = suite.query(&suite.registry, &QueryMsg::Nodes { start_after, limit });
    page.iter().map(|node| node.registration.slot).collect()
}

fn identity(suite: &Suite, name: &str) -> Option<IdentityResponse> {
    suite.query(
        &suite.registry,
        &QueryMsg::Identity { endpoint: HexBinary::from(&NodeKeys::of(name).endpoint) },
    )
}

fn fails(suite: &Suite, query: &QueryMsg) -> String {
    let result = suite.app.wrap().query_wasm_smart::<cosmwasm_std::Empty>(&suite.registry, query);
    result.unwrap_err().to_string()
}

#[test]
fn nodes_come_by_slot_and_page_by_page() {
    let mut suite = Suite::new();
    for slot in [40, 3, 17, 64, 5] {
        suite.register_node(&format!("node {slot}"), slot, NODE_BOND).unwrap();
    }
    assert_eq!(nodes(&suite, None, None), [3, 5, 17, 40, 64]);
    assert_eq!(nodes(&suite, None, Some(2)), [3, 5]);
    assert_eq!(nodes(&suite, Some(5), Some(2)), [17, 40]);
    assert_eq!(nodes(&suite, Some(40), Some(2)), [64]);
    assert_eq!(nodes(&suite, Some(64), None), [0u16; 0]);
    assert_eq!(nodes(&suite, None, Some(u32::MAX)).len(), 5);
}

#[test]
fn a_page_of_nodes_has_a_default_size() {
    let mut suite = Suite::new();
    for slot in 1..=31 {
        suite.register_node(&format!("node {slot}"), slot, NODE_BOND).unwrap();
    }
    assert_eq!(nodes(&suite, None, None).len(), 30);
    assert_eq!(nodes(&suite, None, Some(31)).len(), 31);
}

#[test]
fn nodes_at_slots_keep_the_order_asked_for_and_tell_who_is_eligible() {
    let mut suite = Suite::new();
    suite.register_node("alice", 9, NODE_BOND).unwrap();
    suite.register_node("bob", 2, NODE_BOND).unwrap();
    let bob = suite.account("bob");
    suite.ask_registry(&bob, &ExecuteMsg::Unbond {}).unwrap();
    let query = QueryMsg::NodesAt { slots: vec![9, 1, 2, 0, u16::MAX] };
    let found: Vec<Option<NodeResponse>> = suite.query(&suite.registry, &query);
    let found: Vec<_> = found.iter().map(|node| node.as_ref().map(|node| node.eligible)).collect();
    assert_eq!(found, [Some(true), None, Some(false), None, None]);
}

#[test]
fn a_query_for_more_slots_than_a_page_is_refused() {
    let suite = Suite::new();
    let most = usize::try_from(limits::MAX_PAGE).unwrap();
    let found: Vec<Option<NodeResponse>> =
        suite.query(&suite.registry, &QueryMsg::NodesAt { slots: vec![1; most] });
    assert_eq!(found.len(), most);
    let error = fails(&suite, &QueryMsg::NodesAt { slots: vec![1; most + 1] });
    assert!(error.contains("slots has 101 entries; expected at most 100"), "{error}");
}

#[test]
fn an_endpoint_names_whoever_is_eligible() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    for (name, role) in [("alice", Role::Node), ("carol", Role::Requester)] {
        let address = suite.account(name);
        assert_eq!(identity(&suite, name), Some(IdentityResponse { address, role }));
        let account = suite.account(name);
        suite.ask_registry(&account, &ExecuteMsg::Unbond {}).unwrap();
        assert_eq!(identity(&suite, name), None, "{name} is unbonding");
    }
    assert_eq!(identity(&suite, "nobody"), None);
}

#[test]
fn a_node_below_its_bond_is_not_named() {
    let mut suite = Suite::new();
    let (jobs, alice) = (suite.faucet.clone(), suite.account("alice").to_string());
    suite.wire_jobs(&jobs);
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let slash = ExecuteMsg::Slash { node: alice, amount: 1u128.into(), reason: "late".into(), job_id: 1 };
    suite.ask_registry(&jobs, &slash).unwrap();
    assert_eq!(identity(&suite, "alice"), None);
}

#[test]
fn bad_input_to_a_query_is_named() {
    let suite = Suite::new();
    let error = fails(&suite, &QueryMsg::Identity { endpoint: HexBinary::from(&[1; 5]) });
    assert!(error.contains("endpoint has 5 bytes; expected 32"), "{error}");
    fails(&suite, &QueryMsg::Node { address: "alice".into() });
    fails(&suite, &QueryMsg::Requester { address: "carol".into() });
}
