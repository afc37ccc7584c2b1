//! Migration, which must not run on another contract's state or go back in time.

use bithive_api::MigrateMsg;
use bithive_api::registry::{
    AccreditedResponse, CandidatesResponse, CommitteeMember, CommitteeResponse, DutyResponse, Election,
    ExecuteMsg, QueryMsg,
};
use bithive_registry::ContractError;
use bithive_registry::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use bithive_registry::state::{
    AGREED, CANDIDATE_LIST, CANDIDATES, COMMITTED_AT, COMMITTEES, CONFIG, Committee, ELECTION, SEATS,
};
use bithive_test_kit::registry::{NODE_BOND, code};
use bithive_test_kit::{NodeKeys, Suite, refusal};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};
use cw_storage_plus::{Item, Map};

fn migrate(suite: &mut Suite, contract: &Addr) -> AnyResult<AppResponse> {
    let code_id = suite.app.store_code(code());
    let owner = suite.owner.clone();
    suite.app.migrate_contract(owner, contract.clone(), &MigrateMsg {}, code_id)
}

fn pretend(suite: &mut Suite, version: &str) {
    let mut storage = suite.app.contract_storage_mut(&suite.registry);
    cw2::set_contract_version(&mut *storage, CONTRACT_NAME, version).unwrap();
}

#[test]
fn an_earlier_version_is_migrated_and_keeps_its_bonds() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let registry = suite.registry.clone();
    pretend(&mut suite, "0.0.1");
    migrate(&mut suite, &registry).unwrap();
    let stored = cw2::get_contract_version(&*suite.app.contract_storage(&registry)).unwrap();
    assert_eq!((stored.contract.as_str(), stored.version.as_str()), (CONTRACT_NAME, CONTRACT_VERSION));
    assert!(suite.node("alice").unwrap().eligible);
    suite.custody();
}

#[test]
fn candidates_of_an_earlier_version_keep_their_order_terms_and_endpoints() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let election = Some(Election { seats: 2, threshold: 2, max_terms: 5 });
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election }).unwrap();
    for (slot, name) in (1..).zip(["a", "b", "c"]) {
        suite.register_node(name, slot, NODE_BOND + u128::from(slot)).unwrap();
        let endpoint = NodeKeys::of(&format!("{name} serves")).endpoint;
        let account = suite.account(name);
        suite.ask_registry(&account, &ExecuteMsg::Stand { endpoint: HexBinary::from(&endpoint) }).unwrap();
    }
    suite.ask_registry(&owner, &ExecuteMsg::Elect {}).unwrap();
    let candidates =
        |suite: &Suite| -> CandidatesResponse { suite.query(&suite.registry, &QueryMsg::Candidates {}) };
    let before = candidates(&suite);
    assert_eq!(before.candidates.iter().map(|one| one.served).collect::<Vec<_>>(), [1, 1, 0]);
    let registry = suite.registry.clone();
    {
        // The list in one piece, as it was, in place of the list as it is.
        let mut storage = suite.app.contract_storage_mut(&registry);
        CANDIDATES.clear(&mut *storage);
        CANDIDATE_LIST.remove(&mut *storage);
        let list: Vec<_> = before.candidates.clone();
        Item::new("candidates").save(&mut *storage, &list).unwrap();
        let standing: Map<&Addr, ()> = Map::new("standing");
        for candidate in &list {
            standing.save(&mut *storage, &Addr::unchecked(&candidate.address), &()).unwrap();
        }
    }
    assert_ne!(candidates(&suite), before);
    migrate(&mut suite, &registry).unwrap();
    assert_eq!(candidates(&suite), before);
    // Once: the second time there is nothing to bring over.
    migrate(&mut suite, &registry).unwrap();
    assert_eq!(candidates(&suite), before);
    let a = suite.account("a");
    suite.ask_registry(&a, &ExecuteMsg::Retire {}).unwrap();
    assert_eq!(candidates(&suite).candidates.len(), 2);
}

#[test]
fn a_committee_of_an_earlier_version_stays_in_office_with_its_share_keys_and_owes_no_seat() {
    /// A committee as earlier versions stored it.
    #[cw_serde]
    struct Earlier {
        from_epoch: u64,
        members: Vec<CommitteeMember<Addr>>,
        threshold: u8,
    }
    const COMMITTEES: Item<Vec<Earlier>> = Item::new("committees");
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let election = Some(Election { seats: 2, threshold: 2, max_terms: 5 });
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election }).unwrap();
    let names = ["a", "b", "c", "d"];
    for (slot, name) in (1..).zip(names) {
        suite.register_node(name, slot, NODE_BOND + u128::from(10 - slot)).unwrap();
        let endpoint = NodeKeys::of(&format!("{name} serves")).endpoint;
        let account = suite.account(name);
        suite.ask_registry(&account, &ExecuteMsg::Stand { endpoint: HexBinary::from(&endpoint) }).unwrap();
    }
    suite.ask_registry(&owner, &ExecuteMsg::Elect {}).unwrap();
    let epoch = suite.now() / 3_600 + 1;
    for name in ["a", "b"] {
        let account = suite.account(name);
        let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[1; 32]) };
        suite.ask_registry(&account, &keys).unwrap();
    }
    let registry = suite.registry.clone();
    {
        let mut storage = suite.app.contract_storage_mut(&registry);
        let now: Vec<Committee> = Item::new("committees").load(&*storage).unwrap();
        let earlier =
            |Committee { from_epoch, members, threshold, .. }| Earlier { from_epoch, members, threshold };
        COMMITTEES.save(&mut *storage, &now.into_iter().map(earlier).collect()).unwrap();
        AGREED.clear(&mut *storage);
        SEATS.clear(&mut *storage);
    }
    suite.advance(3_600);
    migrate(&mut suite, &registry).unwrap();
    let committee: CommitteeResponse = suite.query(&registry, &QueryMsg::Committee { epoch: None });
    assert_eq!((committee.from_epoch, committee.members.len()), (epoch, 2));
    let duties: Vec<DutyResponse> = suite.query(&registry, &QueryMsg::Duties {});
    assert_eq!(duties, []);
    // It has had share keys, so the next election keeps it.
    suite.advance(3_600);
    suite.ask_registry(&owner, &ExecuteMsg::Elect {}).unwrap();
    let coming: CommitteeResponse = suite.query(&registry, &QueryMsg::Committee { epoch: Some(u64::MAX) });
    assert_eq!((coming.from_epoch, coming.members), (epoch, committee.members));
}

#[test]
fn a_committee_whose_threshold_is_half_is_replaced_before_the_migration() {
    let mut suite = Suite::new();
    let (owner, registry) = (suite.owner.clone(), suite.registry.clone());
    let set = |suite: &mut Suite, names: &[&str], threshold| {
        let (members, from_epoch) = (suite.committee_members(names), suite.now() / 3_600 + 1);
        suite.ask_registry(&owner, &ExecuteMsg::SetCommittee { members, threshold, from_epoch }).unwrap();
    };
    set(&mut suite, &["a", "b", "c", "d"], 3);
    {
        // As an earlier version took it.
        let mut storage = suite.app.contract_storage_mut(&registry);
        let mut committees = COMMITTEES.load(&*storage).unwrap();
        committees[0].threshold = 2;
        COMMITTEES.save(&mut *storage, &committees).unwrap();
    }
    suite.advance(3_600);
    let expected = ContractError::StoredThreshold { what: "committee", threshold: 2, members: 4, least: 3 };
    assert_eq!(refusal::<ContractError>(migrate(&mut suite, &registry)), expected);
    // The contract goes on as before: another one is named, and waits for its epoch.
    set(&mut suite, &["a", "b", "c", "d"], 3);
    suite.advance(3_600);
    // Requests of the last epoch are still the earlier one's.
    assert_eq!(refusal::<ContractError>(migrate(&mut suite, &registry)), expected);
    suite.advance(3_600);
    migrate(&mut suite, &registry).unwrap();
    let found: CommitteeResponse = suite.query(&registry, &QueryMsg::Committee { epoch: None });
    assert_eq!((found.members.len(), found.threshold), (4, 3));
}

#[test]
fn terms_of_elections_whose_threshold_is_half_are_set_anew_before_the_migration() {
    let mut suite = Suite::new();
    let (owner, registry) = (suite.owner.clone(), suite.registry.clone());
    let earlier = Election { seats: 4, threshold: 2, max_terms: 5 };
    ELECTION.save(&mut *suite.app.contract_storage_mut(&registry), &earlier).unwrap();
    let expected = ContractError::StoredThreshold { what: "election", threshold: 2, members: 4, least: 3 };
    assert_eq!(refusal::<ContractError>(migrate(&mut suite, &registry)), expected);
    let election = Some(Election { threshold: 3, ..earlier });
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election }).unwrap();
    migrate(&mut suite, &registry).unwrap();
}

#[test]
fn an_unbonding_time_of_an_earlier_version_is_made_to_outlast_three_epochs() {
    let mut suite = Suite::new();
    let registry = suite.registry.clone();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    suite.register_node("ben", 2, NODE_BOND).unwrap();
    {
        let mut storage = suite.app.contract_storage_mut(&registry);
        let mut config = CONFIG.load(&*storage).unwrap();
        config.params.unbonding_seconds = 3_600;
        CONFIG.save(&mut *storage, &config).unwrap();
    }
    let until = |suite: &mut Suite, name: &str| {
        let account = suite.account(name);
        suite.ask_registry(&account, &ExecuteMsg::Unbond {}).unwrap();
        suite.node(name).unwrap().unbonding_until
    };
    let told = Some(suite.now() + 3_600);
    assert_eq!(until(&mut suite, "alice"), told);
    migrate(&mut suite, &registry).unwrap();
    let later = Some(suite.now() + 3 * 3_600);
    assert_eq!(until(&mut suite, "ben"), later);
    assert_eq!(suite.node("alice").unwrap().unbonding_until, told, "who is leaving leaves when it was told");
}

/// Earlier versions did not note when a node committed to its attributes, and knew no accreditors.
#[test]
fn a_node_of_an_earlier_version_commits_anew_at_once_and_nothing_needs_an_accreditor() {
    let mut suite = Suite::new();
    let (registry, owner) = (suite.registry.clone(), suite.owner.clone());
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let alice = suite.account("alice");
    COMMITTED_AT.remove(&mut *suite.app.contract_storage_mut(&registry), &alice);
    pretend(&mut suite, "0.0.1");
    migrate(&mut suite, &registry).unwrap();
    let said = |suite: &Suite| -> AccreditedResponse {
        let found: Option<_> = suite.query(&registry, &QueryMsg::Accredited { address: alice.to_string() });
        found.unwrap()
    };
    let before = said(&suite);
    assert_eq!((before.changeable_from, before.admits("region"), before.grants), (0, true, vec![]));
    let commitment = HexBinary::from(&[6; 32]);
    let commit = ExecuteMsg::CommitAttributes { commitment: commitment.clone() };
    suite.ask_registry(&alice, &commit).unwrap();
    assert_eq!(said(&suite).commitment, commitment);
    let again = refusal::<ContractError>(suite.ask_registry(&alice, &commit));
    assert!(matches!(again, ContractError::CommittedRecently { .. }), "{again}");
    let set = ExecuteMsg::SetAccreditation { accreditors: vec![owner.to_string()], required: vec![] };
    suite.ask_registry(&owner, &set).unwrap();
    let until = suite.now() + 1_000;
    let attributes = vec!["region".to_owned()];
    let accredit = ExecuteMsg::Accredit { node: alice.to_string(), commitment, attributes, until };
    suite.ask_registry(&owner, &accredit).unwrap();
    assert_eq!(said(&suite).grants.len(), 1);
}

#[test]
fn another_contract_is_not_migrated() {
    let mut suite = Suite::new();
    let btt = suite.btt.clone();
    let error = refusal::<ContractError>(migrate(&mut suite, &btt));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}

#[test]
fn a_later_version_is_not_migrated() {
    let mut suite = Suite::new();
    let registry = suite.registry.clone();
    pretend(&mut suite, "99.0.0");
    let error = refusal::<ContractError>(migrate(&mut suite, &registry));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}
