//! Relays of endpoints.

use bithive_api::event::OrEmpty;
use bithive_api::registry::{Event, ExecuteMsg, QueryMsg, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_registry::ContractError;
use bithive_registry::relay::validate_url;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{NodeKeys, Suite, announced, refusal};
use cosmwasm_std::HexBinary;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use proptest::prelude::*;

const RELAY: &str = "https://relay.example:3340/";

fn endpoint(name: &str) -> HexBinary {
    HexBinary::from(&NodeKeys::of(name).endpoint)
}

/// `sender` names the relay of the endpoint of `holder`.
fn set(suite: &mut Suite, sender: &str, holder: &str, relay: Option<&str>) -> AnyResult<AppResponse> {
    let (account, relay) = (suite.account(sender), relay.map(Into::into));
    suite.ask_registry(&account, &ExecuteMsg::SetRelay { endpoint: endpoint(holder), relay })
}

fn relay_of(suite: &Suite, holder: &str) -> Option<String> {
    suite.query(&suite.registry, &QueryMsg::Relay { endpoint: endpoint(holder) })
}

/// A committee of these, from the epoch on that is so far ahead.
fn name_committee(suite: &mut Suite, names: &[&str], ahead: u64) {
    let from_epoch = suite.now() / params().epoch_seconds + ahead;
    let (owner, members) = (suite.owner.clone(), suite.committee_members(names));
    suite.ask_registry(&owner, &ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch }).unwrap();
}

#[test]
fn nodes_requesters_and_members_name_and_change_and_take_back_their_relay() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    name_committee(&mut suite, &["one", "two"], 0);
    for name in ["alice", "carol", "one"] {
        assert_eq!(relay_of(&suite, name), None);
        let response = set(&mut suite, name, name, Some(RELAY)).unwrap();
        let (address, relay) = (suite.account(name), OrEmpty(Some(RELAY.to_owned())));
        let event = Event::RelaySet { address, endpoint: endpoint(name), relay };
        assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
        assert_eq!(relay_of(&suite, name).unwrap(), RELAY);
        set(&mut suite, name, name, Some("http://127.0.0.1:8080")).unwrap();
        assert_eq!(relay_of(&suite, name).unwrap(), "http://127.0.0.1:8080");
        set(&mut suite, name, name, None).unwrap();
        assert_eq!(relay_of(&suite, name), None);
    }
    suite.custody();
}

#[test]
fn only_the_holder_of_an_endpoint_names_its_relay() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_node("bob", 2, NODE_BOND).unwrap();
    for (sender, holder) in [("bob", "alice"), ("stranger", "alice"), ("stranger", "stranger")] {
        let error = refusal::<ContractError>(set(&mut suite, sender, holder, Some(RELAY)));
        let holder_of = endpoint(holder);
        let expected = format!("the node, requester or committee member that holds endpoint {holder_of}");
        let refused = Unauthorized::new(&suite.account(sender), expected);
        assert_eq!(error, ContractError::Unauthorized(refused));
        assert_eq!(relay_of(&suite, holder), None);
    }
}

#[test]
fn a_relay_goes_with_the_bond_and_not_before() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    set(&mut suite, "alice", "alice", Some(RELAY)).unwrap();
    let alice = suite.account("alice");
    suite.ask_registry(&alice, &ExecuteMsg::Unbond {}).unwrap();
    assert_eq!(relay_of(&suite, "alice").unwrap(), RELAY);
    suite.advance(params().unbonding_seconds);
    suite.ask_registry(&alice, &ExecuteMsg::WithdrawBond { address: alice.to_string() }).unwrap();
    assert_eq!(relay_of(&suite, "alice"), None);
    assert!(set(&mut suite, "alice", "alice", Some(RELAY)).is_err());
}

#[test]
fn a_member_that_is_listed_no_longer_leaves_no_relay() {
    let mut suite = Suite::new();
    name_committee(&mut suite, &["one", "two"], 0);
    set(&mut suite, "one", "one", Some(RELAY)).unwrap();
    set(&mut suite, "two", "two", Some(RELAY)).unwrap();
    // The member of a coming committee has its relay before it serves.
    name_committee(&mut suite, &["two", "three"], 1);
    set(&mut suite, "three", "three", Some(RELAY)).unwrap();
    suite.advance(3 * params().epoch_seconds);
    name_committee(&mut suite, &["two", "three"], 1);
    assert_eq!(relay_of(&suite, "one"), None);
    assert_eq!(relay_of(&suite, "two").unwrap(), RELAY);
    assert_eq!(relay_of(&suite, "three").unwrap(), RELAY);
}

#[test]
fn whoever_takes_over_an_endpoint_has_no_relay_and_keeps_its_own() {
    let mut suite = Suite::new();
    name_committee(&mut suite, &["one", "two"], 0);
    set(&mut suite, "one", "one", Some(RELAY)).unwrap();
    name_committee(&mut suite, &["two", "three"], 1);
    suite.advance(3 * params().epoch_seconds);
    suite.register_node("one", 1, NODE_BOND).unwrap();
    assert_eq!(relay_of(&suite, "one"), None);
    set(&mut suite, "one", "one", Some("https://other.example")).unwrap();
    name_committee(&mut suite, &["two", "three"], 1);
    assert_eq!(relay_of(&suite, "one").unwrap(), "https://other.example");
}

#[test]
fn a_url_names_a_host_and_nothing_else() {
    let long = format!("https://{}", "a.".repeat(limits::MAX_RELAY_BYTES / 2));
    for (url, named) in [
        ("", "neither http"),
        ("relay.example", "neither http"),
        ("ftp://relay.example", "neither http"),
        ("HTTPS://relay.example", "neither http"),
        ("https://", "host"),
        ("https:///", "host"),
        ("https://relay..example", "host"),
        ("https://-relay.example", "host"),
        ("https://Relay.example", "host"),
        ("https://user@relay.example", "host"),
        ("https://relay.example/path", "host"),
        ("https://relay.example?query", "host"),
        ("https://relay example", "host"),
        ("https://relay.example:", "port"),
        ("https://relay.example:0", "port"),
        ("https://relay.example:+1", "port"),
        ("https://relay.example:65536", "port"),
        ("https://[::1", "closed"),
        ("https://[::z]", "IPv6"),
        ("https://[::1]x", "port"),
        (&long, "too long"),
    ] {
        let error = validate_url(url).unwrap_err().to_string();
        assert!(error.contains(named) && error.contains("expected http"), "{url}: {error}");
    }
    for url in ["http://a", "https://a-b.example/", "http://192.0.2.1:1", "https://[2001:db8::1]:65535/"] {
        validate_url(url).unwrap();
    }
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    set(&mut suite, "alice", "alice", Some(RELAY)).unwrap();
    assert!(matches!(
        refusal::<ContractError>(set(&mut suite, "alice", "alice", Some("nonsense"))),
        ContractError::Relay { .. }
    ));
    assert_eq!(relay_of(&suite, "alice").unwrap(), RELAY, "nothing has changed");
}

#[test]
fn an_endpoint_of_another_length_is_refused() {
    let mut suite = Suite::new();
    let alice = suite.account("alice");
    let message = ExecuteMsg::SetRelay { endpoint: vec![1; 31].into(), relay: None };
    let error = refusal::<ContractError>(suite.ask_registry(&alice, &message));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "endpoint", found: 31, least: 32, most: 32 })
    );
}

proptest! {
    #[test]
    fn what_is_accepted_is_short_and_has_no_surprises(url in "https?://[a-z0-9.:/@?# -]{0,24}") {
        if validate_url(&url).is_ok() {
            prop_assert!(!url[8..].trim_end_matches('/').contains(['/', '@', '?', '#', ' ']), "{url}");
        }
    }
}
