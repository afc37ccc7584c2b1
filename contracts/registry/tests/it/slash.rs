//! What a fault costs, and who may say so.

use bithive_api::registry::{Event, ExecuteMsg, Hook};
use bithive_contract_kit::permission::Unauthorized;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{Suite, UNIT, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

/// A registry with a jobs contract (an account) and Alice as a node.
fn wired() -> (Suite, Addr) {
    let mut suite = Suite::new();
    let jobs = suite.faucet.clone();
    suite.wire_jobs(&jobs);
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    (suite, jobs)
}

fn slash(suite: &mut Suite, sender: &Addr, node: &str, amount: u128) -> AnyResult<AppResponse> {
    let message =
        ExecuteMsg::Slash { node: node.into(), amount: amount.into(), reason: "late".into(), job_id: 9 };
    suite.ask_registry(sender, &message)
}

fn slashed(node: &str, amount: u128, burnt: u128) -> Event {
    Event::Slashed {
        address: node.into(),
        amount: amount.into(),
        burnt: burnt.into(),
        reason: "late".into(),
        job_id: 9,
    }
}

#[test]
fn a_slash_is_split_between_fire_and_treasury_to_the_unit() {
    let (mut suite, jobs) = wired();
    let alice = suite.account("alice").to_string();
    let response = slash(&mut suite, &jobs, &alice, 101).unwrap();
    assert_eq!(announced::<Event>(&suite.registry, &response), [slashed(&alice, 101, 50)]);
    assert_eq!(suite.balance(&suite.treasury), 51);
    assert_eq!(suite.supply(&suite.btt).burnt.u128(), 50);
    let node = suite.node("alice").unwrap();
    assert_eq!((node.bond.u128(), node.slashed.u128()), (NODE_BOND - 101, 101));
    suite.custody();
    suite.conservation();
}

#[test]
fn all_or_nothing_of_a_slash_can_burn() {
    for (burn_bps, burnt) in [(0, 0), (10_000, 101)] {
        let mut suite = Suite::with_params(bithive_api::registry::Params { burn_bps, ..params() });
        let (jobs, alice) = (suite.faucet.clone(), suite.account("alice").to_string());
        suite.wire_jobs(&jobs);
        suite.register_node("alice", 1, NODE_BOND).unwrap();
        slash(&mut suite, &jobs, &alice, 101).unwrap();
        assert_eq!(suite.balance(&suite.treasury), 101 - burnt);
        assert_eq!(suite.supply(&suite.btt).burnt.u128(), burnt);
        suite.custody();
        suite.conservation();
    }
}

#[test]
fn a_slash_above_the_bond_takes_the_bond_and_no_one_elses() {
    let (mut suite, jobs) = wired();
    suite.register_node("bob", 2, NODE_BOND).unwrap();
    let alice = suite.account("alice").to_string();
    let response = slash(&mut suite, &jobs, &alice, u128::MAX).unwrap();
    assert_eq!(announced::<Event>(&suite.registry, &response), [slashed(&alice, NODE_BOND, NODE_BOND / 2)]);
    let response = slash(&mut suite, &jobs, &alice, u128::MAX).unwrap();
    assert_eq!(announced::<Event>(&suite.registry, &response), [slashed(&alice, 0, 0)]);
    assert_eq!(suite.node("alice").unwrap().bond.u128(), 0);
    assert_eq!(suite.node("bob").unwrap().bond.u128(), NODE_BOND);
    suite.custody();
    suite.conservation();
}

#[test]
fn whoever_is_no_node_loses_nothing_and_blocks_nothing() {
    let (mut suite, jobs) = wired();
    suite.register_requester("carol", REQUESTER_BOND).unwrap();
    let strangers = [suite.account("nobody").to_string(), suite.account("carol").to_string()];
    for node in strangers.iter().map(String::as_str).chain(["no address", ""]) {
        let response = slash(&mut suite, &jobs, node, UNIT).unwrap();
        assert_eq!(announced::<Event>(&suite.registry, &response), [slashed(node, 0, 0)]);
    }
    assert_eq!(suite.requester("carol").unwrap().bond.u128(), REQUESTER_BOND);
    assert_eq!(suite.balance(&suite.treasury), 0);
    suite.custody();
    suite.conservation();
}

#[test]
fn nothing_can_be_slashed() {
    let (mut suite, jobs) = wired();
    let alice = suite.account("alice").to_string();
    let response = slash(&mut suite, &jobs, &alice, 0).unwrap();
    assert_eq!(announced::<Event>(&suite.registry, &response), [slashed(&alice, 0, 0)]);
    assert!(suite.node("alice").unwrap().eligible);
}

#[test]
fn one_unit_below_the_least_bond_is_not_eligible_until_it_is_added() {
    let (mut suite, jobs) = wired();
    let alice = suite.account("alice").to_string();
    slash(&mut suite, &jobs, &alice, 2).unwrap();
    assert!(!suite.node("alice").unwrap().eligible);
    suite.bond("alice", 1, &Hook::AddBond {}).unwrap();
    assert!(!suite.node("alice").unwrap().eligible);
    suite.bond("alice", 1, &Hook::AddBond {}).unwrap();
    assert!(suite.node("alice").unwrap().eligible);
    suite.custody();
}

#[test]
fn a_slash_reaches_a_bond_on_its_way_out() {
    let (mut suite, jobs) = wired();
    let alice = suite.account("alice");
    suite.ask_registry(&alice, &ExecuteMsg::Unbond {}).unwrap();
    slash(&mut suite, &jobs, alice.as_str(), 100).unwrap();
    suite.advance(params().unbonding_seconds);
    // Not withdrawn yet, so still within reach.
    slash(&mut suite, &jobs, alice.as_str(), 50).unwrap();
    suite.ask_registry(&alice, &ExecuteMsg::WithdrawBond { address: alice.to_string() }).unwrap();
    assert_eq!(suite.balance(&alice), NODE_BOND - 150);
    let response = slash(&mut suite, &jobs, alice.as_str(), 50).unwrap();
    assert_eq!(announced::<Event>(&suite.registry, &response), [slashed(alice.as_str(), 0, 0)]);
    suite.custody();
    suite.conservation();
}

#[test]
fn a_bond_slashed_to_nothing_still_frees_its_slot() {
    let (mut suite, jobs) = wired();
    let alice = suite.account("alice");
    slash(&mut suite, &jobs, alice.as_str(), NODE_BOND).unwrap();
    suite.ask_registry(&alice, &ExecuteMsg::Unbond {}).unwrap();
    suite.advance(params().unbonding_seconds);
    suite.ask_registry(&alice, &ExecuteMsg::WithdrawBond { address: alice.to_string() }).unwrap();
    assert_eq!(suite.balance(&alice), 0);
    suite.register_node("bob", 1, NODE_BOND).unwrap();
    suite.custody();
}

#[test]
fn only_the_jobs_contract_slashes() {
    let (mut suite, jobs) = wired();
    let alice = suite.account("alice").to_string();
    for stranger in [suite.owner.clone(), suite.account("bob"), suite.btt.clone(), suite.treasury.clone()] {
        let error = refusal::<ContractError>(slash(&mut suite, &stranger, &alice, 1));
        let refused = Unauthorized::new(&stranger, "the jobs contract");
        assert_eq!(error, ContractError::Unauthorized(refused));
    }
    slash(&mut suite, &jobs, &alice, 1).unwrap();
}

#[test]
fn nobody_slashes_before_the_jobs_contract_is_named() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let (owner, alice) = (suite.owner.clone(), suite.account("alice").to_string());
    let error = refusal::<ContractError>(slash(&mut suite, &owner, &alice, 1));
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
    assert_eq!(suite.node("alice").unwrap().bond.u128(), NODE_BOND);
}
