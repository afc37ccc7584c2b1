//! Candidates and elections.

use bithive_api::registry::{
    CandidatesResponse, CommitteeResponse, Election, ExecuteMsg, Hook, IdentityResponse, QueryMsg, Role,
    limits,
};
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{NodeKeys, Suite, UNIT, refusal};
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

const EPOCH: u64 = 3_600;
const ELECTION: Election = Election { seats: 3, threshold: 2, max_terms: 2 };

/// The endpoint that `name` would serve with.
fn endpoint(name: &str) -> HexBinary {
    HexBinary::from(&NodeKeys::of(&format!("{name} in the committee")).endpoint)
}

fn stand(suite: &mut Suite, name: &str) -> AnyResult<AppResponse> {
    let account = suite.account(name);
    suite.ask_registry(&account, &ExecuteMsg::Stand { endpoint: endpoint(name) })
}

fn elect(suite: &mut Suite) -> AnyResult<AppResponse> {
    let stranger = suite.account("stranger");
    suite.ask_registry(&stranger, &ExecuteMsg::Elect {})
}

/// The members of the coming committee take their seats and post the same share keys for its epoch.
fn agree(suite: &mut Suite) {
    let epoch = suite.now() / EPOCH + 1;
    let coming: CommitteeResponse = suite.query(&suite.registry, &QueryMsg::Committee { epoch: Some(epoch) });
    for member in coming.members {
        let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[1; 32]) };
        suite.ask_registry(&member.address, &keys).unwrap();
        // Who goes on has a seat.
        drop(suite.ask_registry(&member.address, &ExecuteMsg::TakeSeat {}));
    }
}

/// A committee is elected, takes office, and its epoch begins.
fn elect_and_begin(suite: &mut Suite) {
    elect(suite).unwrap();
    agree(suite);
    suite.advance(EPOCH);
}

fn candidates(suite: &Suite) -> CandidatesResponse {
    suite.query(&suite.registry, &QueryMsg::Candidates {})
}

/// Names of those who serve in `epoch`, out of `names`.
fn serving(suite: &Suite, epoch: Option<u64>, names: &[&'static str]) -> Vec<&'static str> {
    let committee: CommitteeResponse = suite.query(&suite.registry, &QueryMsg::Committee { epoch });
    let serves = |name: &&'static str| {
        let address = suite.account(name);
        committee.members.iter().any(|member| member.address == address)
    };
    names.iter().copied().filter(serves).collect()
}

fn with_elections() -> Suite {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: Some(ELECTION) }).unwrap();
    suite
}

/// Nodes that stand, the first with the largest bond.
fn with_candidates(names: &[&'static str]) -> Suite {
    let mut suite = with_elections();
    for (slot, name) in (1..).zip(names) {
        let bond = NODE_BOND + (100 - u128::from(slot)) * UNIT;
        suite.register_node(name, slot, bond).unwrap();
        stand(&mut suite, name).unwrap();
    }
    suite
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

#[test]
fn anybody_elects_the_largest_bonds_for_the_next_epoch() {
    let mut suite = with_candidates(&NAMES);
    assert_eq!(serving(&suite, None, &NAMES), [""; 0]);
    elect(&mut suite).unwrap();
    let next = suite.now() / EPOCH + 1;
    assert_eq!(
        (serving(&suite, None, &NAMES), serving(&suite, Some(next), &NAMES)),
        (vec![], vec!["a", "b", "c"])
    );
    assert_eq!(candidates(&suite).elected, Some(next));
    // Once.
    let error = refusal::<ContractError>(elect(&mut suite));
    assert_eq!(error, ContractError::AlreadyElected { epoch: next });
    agree(&mut suite);
    suite.advance(EPOCH);
    assert_eq!(serving(&suite, None, &NAMES), ["a", "b", "c"]);
    // Whoever was elected posts share keys for the next epoch, as a committee that was named.
    let member = suite.account("a");
    let keys = ExecuteMsg::PostShareKeys { epoch: next + 1, digest: HexBinary::from(&[1; 32]) };
    suite.ask_registry(&member, &keys).unwrap();
    let identity: Option<IdentityResponse> =
        suite.query(&suite.registry, &QueryMsg::Identity { endpoint: endpoint("a") });
    assert_eq!(identity, Some(IdentityResponse { address: member, role: Role::Committee }));
    suite.custody();
}

#[test]
fn members_give_way_after_their_terms_and_a_committee_that_is_elected_again_stays() {
    let mut suite = with_candidates(&NAMES);
    let mut seen = Vec::new();
    for _ in 0..5 {
        elect_and_begin(&mut suite);
        seen.push(serving(&suite, None, &NAMES));
    }
    let first = vec!["a", "b", "c"];
    // Two terms; then d and e go first, and a, the largest of those who have served.
    assert_eq!(seen, [first.clone(), first.clone(), vec!["a", "d", "e"], vec!["b", "c", "d"], first]);
    // The second election changed nothing: the committee began with the first, and keeps its keys.
    let mut suite = with_candidates(&NAMES);
    elect_and_begin(&mut suite);
    let began = suite.now() / EPOCH;
    elect_and_begin(&mut suite);
    let committee: CommitteeResponse = suite.query(&suite.registry, &QueryMsg::Committee { epoch: None });
    assert_eq!((committee.from_epoch, committee.epoch), (began, began + 1));
}

/// The attack: whoever must give way retires and stands again in the same block.
#[test]
fn who_retires_and_stands_again_has_served_what_it_has_served() {
    let mut suite = with_candidates(&NAMES);
    for _ in 0..2 {
        elect_and_begin(&mut suite);
    }
    for name in ["a", "b", "c"] {
        let account = suite.account(name);
        suite.ask_registry(&account, &ExecuteMsg::Retire {}).unwrap();
        stand(&mut suite, name).unwrap();
        // Also with a bond that changes, and twice.
        suite.bond(name, 1, &Hook::AddBond {}).unwrap();
        suite.ask_registry(&account, &ExecuteMsg::Retire {}).unwrap();
        stand(&mut suite, name).unwrap();
    }
    let served: Vec<u16> = candidates(&suite).candidates.iter().map(|one| one.served).collect();
    assert_eq!(served, [2, 2, 2, 0, 0]);
    elect_and_begin(&mut suite);
    assert_eq!(serving(&suite, None, &NAMES), ["a", "d", "e"]);
    // Who was away for an election has rested.
    let c = suite.account("c");
    suite.ask_registry(&c, &ExecuteMsg::Retire {}).unwrap();
    elect(&mut suite).unwrap();
    stand(&mut suite, "c").unwrap();
    let rested = candidates(&suite).candidates.into_iter().find(|one| one.address == c);
    assert_eq!(rested.unwrap().served, 0);
    suite.custody();
}

#[test]
fn a_bond_that_won_an_election_stays_at_stake_through_its_term() {
    let mut suite = with_candidates(&NAMES);
    // E raises its bond in the block of the election, wins, and takes it back in the same block.
    suite.bond("e", 500 * UNIT, &Hook::AddBond {}).unwrap();
    elect(&mut suite).unwrap();
    agree(&mut suite);
    let (e, whole) = (suite.account("e"), suite.node("e").unwrap().bond.u128());
    suite.ask_registry(&e, &ExecuteMsg::Unbond {}).unwrap();
    suite.advance(EPOCH);
    assert_eq!(serving(&suite, None, &NAMES), ["a", "b", "e"]);
    let withdraw = ExecuteMsg::WithdrawBond { address: e.to_string() };
    assert!(matches!(refusal(suite.ask_registry(&e, &withdraw)), ContractError::TooEarly { .. }));
    // It is slashed for what it does meanwhile, and stands in no later election.
    let jobs = suite.faucet.clone();
    suite.wire_jobs(&jobs);
    let (node, amount, reason) = (e.to_string(), NODE_BOND.into(), "x".into());
    suite.ask_registry(&jobs, &ExecuteMsg::Slash { node, amount, reason, job_id: 1 }).unwrap();
    assert_eq!(suite.node("e").unwrap().bond.u128(), whole - NODE_BOND);
    elect_and_begin(&mut suite);
    assert_eq!(serving(&suite, None, &NAMES), ["a", "b", "c"]);
    suite.custody();
}

#[test]
fn a_clock_that_goes_back_elects_nobody_twice() {
    let mut suite = with_candidates(&NAMES);
    elect(&mut suite).unwrap();
    suite.advance(3 * EPOCH);
    elect(&mut suite).unwrap();
    let (before, elected) = (candidates(&suite).candidates, candidates(&suite).elected.unwrap());
    for _ in 0..3 {
        suite.app.update_block(|block| block.time = block.time.minus_seconds(EPOCH));
        let error = refusal::<ContractError>(elect(&mut suite));
        assert!(matches!(error, ContractError::AlreadyElected { .. }), "{error}");
    }
    assert_eq!((candidates(&suite).candidates, candidates(&suite).elected), (before, Some(elected)));
}

#[test]
fn the_list_follows_bonds_and_drops_who_is_not_eligible() {
    let mut suite = with_candidates(&["a", "b", "c"]);
    let order = |suite: &Suite| -> Vec<Addr> {
        candidates(suite).candidates.into_iter().map(|candidate| candidate.address).collect()
    };
    let [a, b, c] = ["a", "b", "c"].map(|name| suite.account(name));
    assert_eq!(order(&suite), [a.clone(), b.clone(), c.clone()]);
    suite.bond("c", 50 * UNIT, &Hook::AddBond {}).unwrap();
    assert_eq!(order(&suite), [c.clone(), a.clone(), b.clone()]);
    let jobs = suite.faucet.clone();
    suite.wire_jobs(&jobs);
    let slash = |node: &Addr, amount: u128| ExecuteMsg::Slash {
        node: node.into(),
        amount: amount.into(),
        reason: "x".into(),
        job_id: 1,
    };
    suite.ask_registry(&jobs, &slash(&c, 100 * UNIT)).unwrap();
    assert_eq!(order(&suite), [a.clone(), b.clone(), c.clone()]);
    // Below the least bond.
    suite.ask_registry(&jobs, &slash(&b, 500 * UNIT)).unwrap();
    assert_eq!(order(&suite), [a.clone(), c.clone()]);
    let account = suite.account("a");
    suite.ask_registry(&account, &ExecuteMsg::Unbond {}).unwrap();
    assert_eq!(order(&suite), [c]);
    let error = refusal::<ContractError>(elect(&mut suite));
    assert_eq!(error, ContractError::TooFewCandidates { found: 1, expected: 3 });
    // An endpoint that nobody serves with any more is free.
    suite.register_node("f", 9, NODE_BOND).unwrap();
    let account = suite.account("f");
    suite.ask_registry(&account, &ExecuteMsg::Stand { endpoint: endpoint("a") }).unwrap();
    suite.custody();
}

#[test]
fn only_eligible_nodes_stand_once_and_with_an_endpoint_of_their_own() {
    let mut suite = with_candidates(&["a"]);
    let refused = |suite: &mut Suite, name: &str| refusal::<ContractError>(stand(suite, name));
    assert!(matches!(refused(&mut suite, "nobody"), ContractError::NotRegistered { .. }));
    suite.register_requester("r", NODE_BOND).unwrap();
    // On its way out, and a unit short of the least bond.
    suite.register_node("leaves", 3, NODE_BOND).unwrap();
    let leaves = suite.account("leaves");
    suite.ask_registry(&leaves, &ExecuteMsg::Unbond {}).unwrap();
    suite.register_node("slashed", 4, NODE_BOND).unwrap();
    let (jobs, node) = (suite.faucet.clone(), suite.account("slashed").to_string());
    suite.wire_jobs(&jobs);
    let slash = ExecuteMsg::Slash { node, amount: 1u128.into(), reason: "x".into(), job_id: 1 };
    suite.ask_registry(&jobs, &slash).unwrap();
    for name in ["r", "leaves", "slashed"] {
        let address = suite.account(name).to_string();
        assert_eq!(refused(&mut suite, name), ContractError::NotEligible { address });
    }
    assert_eq!(candidates(&suite).candidates.len(), 1);
    suite.bond("slashed", 1, &Hook::AddBond {}).unwrap();
    stand(&mut suite, "slashed").unwrap();
    let slashed = suite.account("slashed");
    suite.ask_registry(&slashed, &ExecuteMsg::Retire {}).unwrap();
    assert!(matches!(refusal(stand(&mut suite, "a")), ContractError::AlreadyStanding { .. }));
    suite.register_node("b", 2, NODE_BOND).unwrap();
    let b = suite.account("b");
    for taken in [endpoint("a"), HexBinary::from(&NodeKeys::of("a").endpoint)] {
        let error = refusal::<ContractError>(suite.ask_registry(&b, &ExecuteMsg::Stand { endpoint: taken }));
        assert!(matches!(error, ContractError::EndpointTaken { .. }), "{error}");
    }
    let short = ExecuteMsg::Stand { endpoint: HexBinary::from(&[1; 31]) };
    assert!(matches!(
        refusal(suite.ask_registry(&b, &short)),
        ContractError::Input(InputError::Length { .. })
    ));
    assert!(matches!(
        refusal(suite.ask_registry(&b, &ExecuteMsg::Retire {})),
        ContractError::NotStanding { .. }
    ));
    // A candidate that does not serve is nobody yet.
    let query = QueryMsg::Identity { endpoint: endpoint("a") };
    assert_eq!(suite.query::<Option<IdentityResponse>>(&suite.registry, &query), None);
    let a = suite.account("a");
    suite.ask_registry(&a, &ExecuteMsg::Retire {}).unwrap();
    assert!(candidates(&suite).candidates.is_empty());
    stand(&mut suite, "a").unwrap();
}

#[test]
fn a_full_list_takes_larger_bonds_only() {
    let mut suite = Suite::with_params(params());
    let owner = suite.owner.clone();
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: Some(ELECTION) }).unwrap();
    for index in 0..limits::MAX_CANDIDATES {
        let name = format!("node {index}");
        suite.register_node(&name, u16::try_from(index + 1).unwrap(), NODE_BOND + UNIT).unwrap();
        stand(&mut suite, &name).unwrap();
    }
    suite.register_node("small", 50, NODE_BOND + UNIT).unwrap();
    let error = refusal::<ContractError>(stand(&mut suite, "small"));
    assert!(matches!(error, ContractError::ListFull { .. }), "{error}");
    suite.bond("small", 1, &Hook::AddBond {}).unwrap();
    stand(&mut suite, "small").unwrap();
    let list = candidates(&suite).candidates;
    assert_eq!((list.len(), &list[0].address), (limits::MAX_CANDIDATES, &suite.account("small")));
    // Who stood last of equals gave way, and can stand again.
    let last = format!("node {}", limits::MAX_CANDIDATES - 1);
    suite.bond(&last, 2, &Hook::AddBond {}).unwrap();
    stand(&mut suite, &last).unwrap();
}

#[test]
fn the_owner_names_committees_only_where_none_are_elected() {
    let mut suite = with_candidates(&NAMES);
    let owner = suite.owner.clone();
    let members = suite.committee_members(&["x", "y"]);
    let name = ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch: u64::MAX };
    assert_eq!(refusal::<ContractError>(suite.ask_registry(&owner, &name)), ContractError::ElectionsHeld);
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: None }).unwrap();
    assert_eq!(refusal::<ContractError>(elect(&mut suite)), ContractError::NoElections);
    suite.ask_registry(&owner, &name).unwrap();
}

/// The attack: an owner ends elections, or sets one that only its own candidates can win, before anybody can leave.
#[test]
fn elections_are_set_after_a_delay_that_anybody_can_watch() {
    let mut suite = Suite::with_params(params());
    let (owner, registry) = (suite.owner.clone(), suite.registry.clone());
    let set = |election| move |_: &Suite| ExecuteMsg::SetElection { election };
    let held = |suite: &Suite| candidates(suite).election;
    suite.check_delay(&registry, set(Some(ELECTION)), |suite| held(suite) == Some(ELECTION));
    suite.check_delay(&registry, set(None), |suite| held(suite).is_none());
    let bad = ExecuteMsg::SetElection { election: Some(Election { threshold: 1, ..ELECTION }) };
    assert!(matches!(refusal(suite.ask_registry(&owner, &bad)), ContractError::Committee { .. }));
    assert_eq!(suite.settings(&registry), []);
}

#[test]
fn elections_have_bounds_and_are_set_by_the_owner() {
    let mut suite = Suite::new();
    let (owner, stranger) = (suite.owner.clone(), suite.account("stranger"));
    let set = |election| ExecuteMsg::SetElection { election: Some(election) };
    let bad = [
        Election { threshold: 1, ..ELECTION },
        Election { threshold: 4, ..ELECTION },
        Election { seats: 8, threshold: 5, ..ELECTION },
        Election { seats: 4, ..ELECTION },
        Election { seats: 6, threshold: 3, ..ELECTION },
        Election { max_terms: 0, ..ELECTION },
        Election { max_terms: limits::MAX_TERMS + 1, ..ELECTION },
    ];
    for election in bad {
        let error = refusal::<ContractError>(suite.ask_registry(&owner, &set(election)));
        let expected = matches!(
            error,
            ContractError::Committee { .. } | ContractError::Input(InputError::OutOfBounds { .. })
        );
        assert!(expected, "{error}");
    }
    assert!(matches!(refusal(suite.ask_registry(&stranger, &set(ELECTION))), ContractError::Ownership(_)));
}

#[test]
fn a_pause_refuses_who_comes_and_holds_nobody() {
    let mut suite = with_candidates(&NAMES);
    let (owner, a) = (suite.owner.clone(), suite.account("a"));
    let pause = ExecuteMsg::SetPaused { paused: true };
    assert!(matches!(refusal(suite.ask_registry(&a, &pause)), ContractError::Ownership(_)));
    suite.ask_registry(&owner, &pause).unwrap();
    assert!(suite.query::<bool>(&suite.registry, &QueryMsg::Paused {}));
    assert_eq!(refusal::<ContractError>(suite.register_node("g", 9, NODE_BOND)), ContractError::Paused);
    assert_eq!(refusal::<ContractError>(suite.register_requester("h", NODE_BOND)), ContractError::Paused);
    assert_eq!(refusal::<ContractError>(elect(&mut suite)), ContractError::Paused);
    suite.bond("a", UNIT, &Hook::AddBond {}).unwrap();
    suite.ask_registry(&a, &ExecuteMsg::Unbond {}).unwrap();
    suite.advance(params().unbonding_seconds);
    suite.ask_registry(&owner, &ExecuteMsg::WithdrawBond { address: a.to_string() }).unwrap();
    suite.ask_registry(&owner, &ExecuteMsg::SetPaused { paused: false }).unwrap();
    elect(&mut suite).unwrap();
    suite.custody();
}
