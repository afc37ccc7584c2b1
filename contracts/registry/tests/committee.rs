//! The committee and its share keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_api::registry::{
    CommitteeMember, CommitteeResponse, ExecuteMsg, IdentityResponse, QueryMsg, Role, ShareKeysResponse,
    events,
};
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{NodeKeys, START, Suite, refusal};
use cosmwasm_std::{Event, HexBinary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

const SEVEN: [&str; 7] = ["one", "two", "three", "four", "five", "six", "seven"];

fn set(suite: &mut Suite, members: Vec<CommitteeMember>, threshold: u8) -> AnyResult<AppResponse> {
    let owner = suite.owner.clone();
    suite.ask_registry(&owner, &ExecuteMsg::SetCommittee { members, threshold })
}

fn seated(names: &[&str], threshold: u8) -> Suite {
    let mut suite = Suite::new();
    let members = suite.committee_members(names);
    set(&mut suite, members, threshold).unwrap();
    suite
}

fn post(suite: &mut Suite, name: &str, epoch: u64) -> AnyResult<AppResponse> {
    let (account, digest) = (suite.account(name), HexBinary::from(&[7; 32]));
    suite.ask_registry(&account, &ExecuteMsg::PostShareKeys { epoch, digest })
}

fn current() -> u64 {
    START / params().epoch_seconds
}

fn holder(suite: &Suite, name: &str) -> Option<IdentityResponse> {
    suite.query(
        &suite.registry,
        &QueryMsg::Identity { endpoint: HexBinary::from(&NodeKeys::of(name).endpoint) },
    )
}

#[test]
fn a_committee_keeps_the_order_in_which_it_was_named() {
    let mut suite = Suite::new();
    let members = suite.committee_members(&SEVEN);
    let response = set(&mut suite, members.clone(), 7).unwrap();
    let event = Event::new(format!("wasm-{}", events::COMMITTEE_SET));
    response.assert_event(&event.add_attribute("threshold", "7").add_attribute("members", "7"));
    let committee: CommitteeResponse = suite.query(&suite.registry, &QueryMsg::Committee {});
    assert_eq!(committee, CommitteeResponse { members, threshold: 7, epoch: current() });
}

#[test]
fn a_threshold_is_above_one_and_at_most_all() {
    let mut suite = Suite::new();
    let eight = [&SEVEN[..], &["eight"]].concat();
    for (names, threshold) in
        [(&SEVEN[..3], 1), (&SEVEN[..3], 0), (&SEVEN[..3], 4), (&SEVEN[..1], 1), (&[], 0), (&eight[..], 2)]
    {
        let members = suite.committee_members(names);
        let error = refusal::<ContractError>(set(&mut suite, members, threshold));
        assert_eq!(error, ContractError::Committee { threshold, members: names.len(), most: 7 });
    }
}

#[test]
fn members_and_endpoints_are_unique() {
    let mut suite = Suite::new();
    let mut members = suite.committee_members(&["one", "two"]);
    members[1].address = members[0].address.clone();
    let error = refusal::<ContractError>(set(&mut suite, members, 2));
    assert_eq!(error, ContractError::DuplicateMember { address: suite.account("one").to_string() });

    let mut members = suite.committee_members(&["one", "two"]);
    members[1].endpoint = members[0].endpoint.clone();
    let endpoint = members[0].endpoint.clone();
    let error = refusal::<ContractError>(set(&mut suite, members, 2));
    assert_eq!(error, ContractError::EndpointTaken { endpoint });

    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let mut members = suite.committee_members(&["one", "two"]);
    members[1].endpoint = HexBinary::from(&NodeKeys::of("alice").endpoint);
    let error = refusal::<ContractError>(set(&mut suite, members, 2));
    assert!(matches!(error, ContractError::EndpointTaken { .. }), "{error}");
}

#[test]
fn a_member_has_an_address_and_an_endpoint_of_32_bytes() {
    let mut suite = Suite::new();
    let mut members = suite.committee_members(&["one", "two"]);
    members[1].endpoint = HexBinary::from(&[1; 31]);
    let error = refusal::<ContractError>(set(&mut suite, members, 2));
    assert_eq!(error, ContractError::Length { field: "endpoint", found: 31, expected: 32 });
    let mut members = suite.committee_members(&["one", "two"]);
    members[1].address = "two".into();
    let error = refusal::<ContractError>(set(&mut suite, members, 2));
    assert_eq!(error, ContractError::Address { field: "members.address", found: "two".into() });
}

#[test]
fn a_new_committee_frees_the_endpoints_of_the_old_one_and_may_keep_members() {
    let mut suite = seated(&["one", "two"], 2);
    let address = suite.account("one").to_string();
    assert_eq!(holder(&suite, "one"), Some(IdentityResponse { address, role: Role::Committee }));
    let members = suite.committee_members(&["two", "three"]);
    set(&mut suite, members, 2).unwrap();
    assert_eq!(holder(&suite, "one"), None);
    assert!(holder(&suite, "two").is_some() && holder(&suite, "three").is_some());
    suite.register_node("one", 1, NODE_BOND).unwrap();
}

#[test]
fn a_refused_committee_leaves_the_old_one_in_its_seats() {
    let mut suite = seated(&["one", "two"], 2);
    let mut members = suite.committee_members(&["three", "four"]);
    members[1].endpoint = HexBinary::default();
    set(&mut suite, members, 2).unwrap_err();
    assert!(holder(&suite, "one").is_some() && holder(&suite, "two").is_some());
    assert_eq!(holder(&suite, "three"), None);
}

#[test]
fn members_post_share_keys_for_this_and_the_next_epoch() {
    let mut suite = seated(&["one", "two"], 2);
    let response = post(&mut suite, "one", current()).unwrap();
    let event = Event::new(format!("wasm-{}", events::SHARE_KEYS_POSTED));
    let event = event.add_attribute("address", suite.account("one"));
    let event = event.add_attribute("epoch", current().to_string());
    response.assert_event(&event.add_attribute("digest", "07".repeat(32)));
    post(&mut suite, "one", current() + 1).unwrap();
    post(&mut suite, "two", current()).unwrap();
    let of = |epoch| suite.query::<Vec<ShareKeysResponse>>(&suite.registry, &QueryMsg::ShareKeys { epoch });
    assert_eq!((of(current()).len(), of(current() + 1).len(), of(current() + 2).len()), (2, 1, 0));
    assert!(of(current()).iter().all(|row| row.digest.as_slice() == [7; 32]));
}

#[test]
fn share_keys_of_another_epoch_are_refused() {
    let mut suite = seated(&["one", "two"], 2);
    for epoch in [0, current() - 1, current() + 2, u64::MAX] {
        let error = refusal::<ContractError>(post(&mut suite, "one", epoch));
        assert_eq!(error, ContractError::Epoch { epoch, current: current() });
    }
    suite.advance(params().epoch_seconds);
    let error = refusal::<ContractError>(post(&mut suite, "one", current()));
    assert_eq!(error, ContractError::Epoch { epoch: current(), current: current() + 1 });
    post(&mut suite, "one", current() + 2).unwrap();
}

#[test]
fn posted_share_keys_are_final() {
    let mut suite = seated(&["one", "two"], 2);
    post(&mut suite, "one", current() + 1).unwrap();
    suite.advance(params().epoch_seconds);
    let error = refusal::<ContractError>(post(&mut suite, "one", current() + 1));
    let (address, epoch) = (suite.account("one").to_string(), current() + 1);
    assert_eq!(error, ContractError::AlreadyPosted { address, epoch });
}

#[test]
fn only_members_post_share_keys() {
    let mut suite = seated(&["one", "two"], 2);
    let members = suite.committee_members(&["two", "three"]);
    set(&mut suite, members, 2).unwrap();
    // The owner is no member, and "one" is one no longer.
    for name in ["owner", "one"] {
        let error = refusal::<ContractError>(post(&mut suite, name, current()));
        let (sender, expected) = (suite.account(name).to_string(), "a committee member");
        assert_eq!(error, ContractError::Unauthorized { sender, expected });
    }
}

#[test]
fn a_digest_of_another_length_is_refused() {
    let mut suite = seated(&["one", "two"], 2);
    let (account, digest) = (suite.account("one"), HexBinary::from(&[7; 33]));
    let message = ExecuteMsg::PostShareKeys { epoch: current(), digest };
    let error = refusal::<ContractError>(suite.ask_registry(&account, &message));
    assert_eq!(error, ContractError::Length { field: "digest", found: 33, expected: 32 });
}

#[test]
fn before_a_committee_is_named_there_are_no_members() {
    let mut suite = Suite::new();
    let committee: CommitteeResponse = suite.query(&suite.registry, &QueryMsg::Committee {});
    assert_eq!((committee.members.len(), committee.threshold), (0, 0));
    let error = refusal::<ContractError>(post(&mut suite, "one", current()));
    assert!(matches!(error, ContractError::Unauthorized { .. }), "{error}");
}
