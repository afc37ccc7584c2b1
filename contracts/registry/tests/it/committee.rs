//! The committee and its share keys.

use bithive_api::registry::{
    CommitteeMember, CommitteeResponse, Event, ExecuteMsg, IdentityResponse, QueryMsg, Role,
    ShareKeysResponse,
};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{NodeKeys, START, Suite, announced, refusal};
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

const SEVEN: [&str; 7] = ["one", "two", "three", "four", "five", "six", "seven"];

/// Named for the current epoch, which only the first committee can be.
fn set(suite: &mut Suite, members: Vec<CommitteeMember>, threshold: u8) -> AnyResult<AppResponse> {
    set_from(suite, members, threshold, current())
}

fn set_from(
    suite: &mut Suite,
    members: Vec<CommitteeMember>,
    threshold: u8,
    from_epoch: u64,
) -> AnyResult<AppResponse> {
    let owner = suite.owner.clone();
    suite.ask_registry(&owner, &ExecuteMsg::SetCommittee { members, threshold, from_epoch })
}

/// Two members named for an epoch.
fn rotate(suite: &mut Suite, names: &[&str], from_epoch: u64) {
    let members = suite.committee_members(names);
    set_from(suite, members, 2, from_epoch).unwrap();
}

fn at(suite: &Suite, epoch: Option<u64>) -> CommitteeResponse {
    suite.query(&suite.registry, &QueryMsg::Committee { epoch })
}

/// Accounts of the members at an epoch.
fn names_at(suite: &Suite, epoch: u64) -> Vec<Addr> {
    at(suite, Some(epoch)).members.into_iter().map(|member| member.address).collect()
}

fn accounts(suite: &Suite, names: &[&str]) -> Vec<Addr> {
    names.iter().map(|name| suite.account(name)).collect()
}

fn posts(suite: &Suite, epoch: u64) -> usize {
    suite.query::<Vec<ShareKeysResponse>>(&suite.registry, &QueryMsg::ShareKeys { epoch }).len()
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
    let (epoch, from_epoch) = (current(), current());
    let event = Event::CommitteeSet { from_epoch, threshold: 7, members: 7 };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
    let found = at(&suite, None);
    assert_eq!((found.threshold, found.from_epoch, found.epoch), (7, from_epoch, epoch));
    let named: Vec<CommitteeMember> = found.members.into_iter().map(Into::into).collect();
    assert_eq!(named, members);
}

#[test]
fn a_threshold_is_above_half_and_at_most_all() {
    let mut suite = Suite::new();
    let eight = [&SEVEN[..], &["eight"]].concat();
    for (names, threshold) in [
        (&SEVEN[..3], 1),
        (&SEVEN[..3], 0),
        (&SEVEN[..3], 4),
        (&SEVEN[..1], 1),
        (&[], 0),
        (&eight[..], 5),
        // Of these a party gets two values or more: some from each half.
        (&SEVEN[..4], 2),
        (&SEVEN[..5], 2),
        (&SEVEN[..6], 3),
        (&SEVEN[..7], 3),
    ] {
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
    let found = suite.account("one").to_string();
    assert_eq!(error, ContractError::Input(InputError::Duplicate { field: "members", found }));

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
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "endpoint", found: 31, least: 32, most: 32 })
    );
    let mut members = suite.committee_members(&["one", "two"]);
    members[1].address = "two".into();
    let error = refusal::<ContractError>(set(&mut suite, members, 2));
    assert_eq!(
        error,
        ContractError::Input(InputError::Address { field: "members.address", found: "two".into() })
    );
}

#[test]
fn a_committee_begins_at_its_epoch_and_the_old_one_serves_until_then() {
    let mut suite = seated(&["one", "two"], 2);
    rotate(&mut suite, &["two", "three"], current() + 2);
    let (old, new) = (accounts(&suite, &["one", "two"]), accounts(&suite, &["two", "three"]));
    for _ in 0..2 {
        for epoch in [current(), current() + 1] {
            assert_eq!(names_at(&suite, epoch), old);
        }
        for epoch in [current() + 2, u64::MAX] {
            assert_eq!(names_at(&suite, epoch), new);
        }
        assert_eq!(at(&suite, None).members.len(), 2);
        assert_eq!(at(&suite, None).from_epoch, current());
        suite.advance(params().epoch_seconds);
    }
    assert_eq!(at(&suite, None).from_epoch, current() + 2);
    assert!(names_at(&suite, current() - 1).is_empty(), "there was none");
    assert_eq!(names_at(&suite, current() + 1), old, "requests of the last epoch are answered");
    suite.advance(params().epoch_seconds);
    assert!(names_at(&suite, current() + 1).is_empty(), "it is forgotten after that");
}

#[test]
fn a_committee_in_force_is_not_replaced_in_its_epoch() {
    let mut suite = Suite::new();
    let members = suite.committee_members(&["one", "two"]);
    let error = refusal::<ContractError>(set_from(&mut suite, members.clone(), 2, current() - 1));
    assert_eq!(error, ContractError::FromEpoch { from_epoch: current() - 1, least: current() });
    set(&mut suite, members.clone(), 2).unwrap();
    for from_epoch in [0, current()] {
        let error = refusal::<ContractError>(set_from(&mut suite, members.clone(), 2, from_epoch));
        assert_eq!(error, ContractError::FromEpoch { from_epoch, least: current() + 1 });
    }
    rotate(&mut suite, &["one", "two"], current() + 1);
}

#[test]
fn a_committee_that_has_not_begun_is_replaced_by_the_next_one_named() {
    let mut suite = seated(&["one", "two"], 2);
    for (names, from_epoch) in [(["two", "three"], u64::MAX), (["four", "five"], current() + 1)] {
        rotate(&mut suite, &names, from_epoch);
        assert_eq!(names_at(&suite, u64::MAX), accounts(&suite, &names));
    }
    assert_eq!(holder(&suite, "three"), None, "its endpoint is free again");
    assert!(holder(&suite, "one").is_some() && holder(&suite, "five").is_some());
    // As long as none is in force, the first may still begin at once.
    let mut suite = Suite::new();
    rotate(&mut suite, &["one", "two"], current() + 3);
    assert!(names_at(&suite, current()).is_empty());
    rotate(&mut suite, &["two", "three"], current());
    assert_eq!(names_at(&suite, u64::MAX), accounts(&suite, &["two", "three"]));
}

#[test]
fn an_endpoint_belongs_to_its_member_until_the_last_epoch_is_over() {
    let mut suite = seated(&["one", "two"], 2);
    let address = suite.account("one");
    assert_eq!(holder(&suite, "one"), Some(IdentityResponse { address, role: Role::Committee }));
    rotate(&mut suite, &["two", "three"], current() + 1);
    assert!(["one", "two", "three"].iter().all(|name| holder(&suite, name).is_some()));
    suite.advance(params().epoch_seconds);
    let refused = refusal::<ContractError>(suite.register_node("one", 1, NODE_BOND));
    assert!(matches!(refused, ContractError::EndpointTaken { .. }), "{refused}");
    // Another account can't be seated with it either.
    let mut members = suite.committee_members(&["four", "five"]);
    members[0].endpoint = HexBinary::from(&NodeKeys::of("one").endpoint);
    let refused = refusal::<ContractError>(set_from(&mut suite, members, 2, u64::MAX));
    assert!(matches!(refused, ContractError::EndpointTaken { .. }), "{refused}");
    suite.advance(params().epoch_seconds);
    assert_eq!(holder(&suite, "one"), None);
    assert!(holder(&suite, "two").is_some() && holder(&suite, "three").is_some());
    suite.register_node("one", 1, NODE_BOND).unwrap();
}

#[test]
fn share_keys_are_posted_by_the_committee_of_their_epoch() {
    let mut suite = seated(&["one", "two"], 2);
    rotate(&mut suite, &["two", "three"], current() + 1);
    for (name, epoch) in [("three", current()), ("one", current() + 1)] {
        let error = refusal::<ContractError>(post(&mut suite, name, epoch));
        let refused = Unauthorized::new(&suite.account(name), "a member of the epoch's committee");
        assert_eq!(error, ContractError::Unauthorized(refused));
    }
    for (name, epoch) in [("one", 0), ("two", 0), ("two", 1), ("three", 1)] {
        post(&mut suite, name, current() + epoch).unwrap();
    }
    assert_eq!((posts(&suite, current()), posts(&suite, current() + 1)), (2, 2));
}

#[test]
fn share_keys_of_an_epoch_whose_committee_changes_are_void() {
    let mut suite = seated(&["one", "two"], 2);
    for name in ["one", "two"] {
        post(&mut suite, name, current()).unwrap();
        post(&mut suite, name, current() + 1).unwrap();
    }
    rotate(&mut suite, &["two", "three"], current() + 2);
    assert_eq!(posts(&suite, current() + 1), 2, "the next epoch's committee is the same");
    rotate(&mut suite, &["two", "three"], current() + 1);
    assert_eq!((posts(&suite, current()), posts(&suite, current() + 1)), (2, 0));
    post(&mut suite, "two", current() + 1).unwrap();
}

#[test]
fn a_refused_committee_leaves_the_old_one_in_its_seats() {
    let mut suite = seated(&["one", "two"], 2);
    let mut members = suite.committee_members(&["three", "four"]);
    members[1].endpoint = HexBinary::default();
    set_from(&mut suite, members, 2, current() + 1).unwrap_err();
    assert!(holder(&suite, "one").is_some() && holder(&suite, "two").is_some());
    assert_eq!(holder(&suite, "three"), None);
}

#[test]
fn members_post_share_keys_for_this_and_the_next_epoch() {
    let mut suite = seated(&["one", "two"], 2);
    let response = post(&mut suite, "one", current()).unwrap();
    let (address, digest) = (suite.account("one"), HexBinary::from(&[7; 32]));
    let event = Event::ShareKeysPosted { address, epoch: current(), digest };
    assert_eq!(announced::<Event>(&suite.registry, &response), [event]);
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
    for name in ["owner", "three"] {
        let error = refusal::<ContractError>(post(&mut suite, name, current()));
        let refused = Unauthorized::new(&suite.account(name), "a member of the epoch's committee");
        assert_eq!(error, ContractError::Unauthorized(refused));
    }
}

#[test]
fn a_digest_of_another_length_is_refused() {
    let mut suite = seated(&["one", "two"], 2);
    let (account, digest) = (suite.account("one"), HexBinary::from(&[7; 33]));
    let message = ExecuteMsg::PostShareKeys { epoch: current(), digest };
    let error = refusal::<ContractError>(suite.ask_registry(&account, &message));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "digest", found: 33, least: 32, most: 32 })
    );
}

#[test]
fn before_a_committee_is_named_there_are_no_members() {
    let mut suite = Suite::new();
    let committee = at(&suite, None);
    assert_eq!((committee.members.len(), committee.threshold, committee.from_epoch), (0, 0, 0));
    let error = refusal::<ContractError>(post(&mut suite, "one", current()));
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
}

/// The attack: an owner names a committee of its own, and learns within an epoch which tags are asked for.
#[test]
fn another_committee_is_named_after_a_delay_that_anybody_can_watch() {
    let mut suite = seated(&["one", "two"], 2);
    let (owner, registry) = (suite.owner.clone(), suite.registry.clone());
    let now = |suite: &Suite| at(suite, None).epoch;
    let delay = bithive_api::delay::limits::DELAY_SECONDS / params().epoch_seconds;
    let next = |suite: &Suite, names: &[&str], epochs: u64| {
        let (members, from_epoch) = (suite.committee_members(names), now(suite) + epochs);
        ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch }
    };
    let others = [suite.account("three"), suite.account("four")];
    suite.check_delay(
        &registry,
        |suite| next(suite, &["three", "four"], delay + 1),
        |suite| names_at(suite, u64::MAX) == others,
    );
    suite.advance(params().epoch_seconds);
    assert_eq!(names_at(&suite, now(&suite)), others);
    // An epoch that is over when it can be applied is refused when it is announced, and so is a list that is too short.
    let early = next(&suite, &["five", "six"], delay);
    let error = refusal::<ContractError>(suite.ask_registry(&owner, &early));
    let (from_epoch, least) = (now(&suite) + delay, now(&suite) + delay + 1);
    assert_eq!(error, ContractError::FromEpoch { from_epoch, least });
    let short = next(&suite, &["five"], delay + 1);
    assert!(matches!(refusal(suite.ask_registry(&owner, &short)), ContractError::Committee { .. }));
    assert_eq!(suite.settings(&registry), []);
}

#[test]
fn the_first_committee_and_one_that_follows_itself_need_no_delay() {
    let mut suite = Suite::new();
    suite.advance(30 * bithive_api::delay::limits::SETUP_SECONDS);
    let now = |suite: &Suite| at(suite, None).epoch;
    let (first, epoch) = (suite.committee_members(&["one", "two"]), now(&suite));
    set_from(&mut suite, first, 2, epoch).unwrap();
    assert_eq!(names_at(&suite, epoch), accounts(&suite, &["one", "two"]));
    rotate(&mut suite, &["one", "two"], epoch + 1);
    assert_eq!(
        (at(&suite, Some(epoch + 1)).from_epoch, suite.settings(&suite.registry)),
        (epoch + 1, vec![])
    );
    // The same members in another order are another committee: they have other indices.
    rotate(&mut suite, &["two", "one"], epoch + 99);
    assert_eq!(suite.settings(&suite.registry).len(), 1);
}

/// Whoever needs fewer members than before, or adds members of its own, could read what it is asked about.
#[test]
fn a_committee_with_another_threshold_or_other_members_beside_the_same_waits_too() {
    let all = ["one", "two", "three", "four"];
    for (before, names, threshold) in [(2, &all[..3], 3), (2, &all[..2], 2), (3, &all[..], 3)] {
        let mut suite = Suite::new();
        suite.advance(30 * bithive_api::delay::limits::SETUP_SECONDS);
        let epoch = at(&suite, None).epoch;
        let first = suite.committee_members(&["one", "two", "three"]);
        set_from(&mut suite, first, before, epoch).unwrap();
        let next = suite.committee_members(names);
        set_from(&mut suite, next, threshold, epoch + 99).unwrap();
        assert_eq!(suite.settings(&suite.registry).len(), 1, "{threshold} of {names:?}");
    }
}
