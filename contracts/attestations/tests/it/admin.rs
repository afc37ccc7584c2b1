//! Instantiation, peers, ownership, queries by page, migration.

use bithive_api::MigrateMsg;
use bithive_api::attestations::{
    AttestationResponse, ConfigResponse, ExecuteMsg, Peer, PeerKey, QueryMsg, Source,
};
use bithive_attestations::{ContractError, Refusal};
use bithive_contract_kit::InputError;
use bithive_ibc_kit::AttestationsSuite;
use bithive_ibc_kit::attestations::{code, instantiate};
use bithive_test_kit::{FEE_DENOM, Suite, refusal, token};
use cosmwasm_std::coins;
use cw_multi_test::Executor;
use cw_ownable::OwnershipError;

fn peer(connection_id: &str, port_id: &str) -> Peer {
    Peer { connection_id: connection_id.into(), port_id: port_id.into(), source: None }
}

fn peers(suite: &AttestationsSuite, start_after: Option<PeerKey>, limit: Option<u32>) -> Vec<Peer> {
    suite.suite.query(&suite.receiver, &QueryMsg::Peers { start_after, limit })
}

#[test]
fn addresses_are_checked_at_the_door() {
    let mut suite = Suite::new();
    let (owner, stranger) = (suite.owner.clone(), cosmwasm_std::Addr::unchecked("stranger"));
    let result = instantiate(&mut suite.app, &owner, Some(&stranger));
    assert!(matches!(
        result.unwrap_err().downcast().unwrap(),
        ContractError::Input(InputError::Address { .. })
    ));
}

#[test]
fn only_the_owner_names_peers() {
    let mut suite = AttestationsSuite::without_channel();
    let (stranger, receiver) = (suite.suite.account("stranger"), suite.receiver.clone());
    let allow = ExecuteMsg::AllowPeer(peer("connection-1", "wasm.a"));
    let remove = ExecuteMsg::RemovePeer { connection_id: "connection-1".into(), port_id: "wasm.a".into() };
    for message in [&allow, &remove] {
        let error: ContractError = refusal(suite.suite.execute(&stranger, &receiver, message));
        assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    }
    let error: ContractError = refusal(suite.tell_receiver(&remove));
    assert!(matches!(error, ContractError::NoPeer { .. }), "{error}");
    suite.tell_receiver(&allow).unwrap();
    assert_eq!(peers(&suite, None, None), [peer("connection-1", "wasm.a")]);
    suite.tell_receiver(&remove).unwrap();
    assert_eq!(peers(&suite, None, None), []);
}

#[test]
fn names_of_peers_have_the_form_that_ibc_gives_them() {
    let mut suite = AttestationsSuite::without_channel();
    let long = format!("wasm.{}", "a".repeat(200));
    let names = [
        ("connection_id", "channel-1", "wasm.a"),
        ("connection_id", "connection-", "wasm.a"),
        ("port_id", "connection-1", "bithive1address"),
        ("port_id", "connection-1", "wasm."),
        ("port_id", "connection-1", &long),
    ];
    for (expected, connection_id, port_id) in names {
        let allow = ExecuteMsg::AllowPeer(peer(connection_id, port_id));
        let error: ContractError = refusal(suite.tell_receiver(&allow));
        assert!(matches!(error, ContractError::Name { field, .. } if field == expected), "{error}");
    }
    let source = Some(Source { chain_id: String::new(), jobs: "a".into() });
    let allow = ExecuteMsg::AllowPeer(Peer { source, ..peer("connection-1", "wasm.a") });
    let error: ContractError = refusal(suite.tell_receiver(&allow));
    assert!(matches!(error, ContractError::Refused(Refusal::Field { .. })), "{error}");
}

#[test]
fn ownership_changes_in_two_steps() {
    let mut suite = AttestationsSuite::without_channel();
    let (next, receiver) = (suite.suite.account("next"), suite.receiver.clone());
    suite.tell_receiver(&ExecuteMsg::TransferOwnership { new_owner: next.to_string() }).unwrap();
    let config: ConfigResponse = suite.suite.query(&receiver, &QueryMsg::Config {});
    assert_eq!((config.owner, config.pending_owner), (Some(suite.suite.owner.clone()), Some(next.clone())));
    suite.suite.execute(&next, &receiver, &ExecuteMsg::AcceptOwnership {}).unwrap();
    let allow = ExecuteMsg::AllowPeer(peer("connection-1", "wasm.a"));
    assert!(suite.tell_receiver(&allow).is_err());
    suite.suite.execute(&next, &receiver, &allow).unwrap();
}

#[test]
fn native_coins_are_refused() {
    let mut suite = AttestationsSuite::without_channel();
    let (owner, receiver) = (suite.suite.owner.clone(), suite.receiver.clone());
    let message = ExecuteMsg::AcceptOwnership {};
    let result = suite.suite.execute_with(&owner, &receiver, &message, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn peers_and_attestations_come_page_by_page() {
    let mut suite = AttestationsSuite::new();
    suite.tell_receiver(&ExecuteMsg::AllowPeer(peer("connection-1", "wasm.a"))).unwrap();
    let first = peers(&suite, None, Some(1)).pop().unwrap();
    let key = PeerKey { connection_id: first.connection_id, port_id: first.port_id };
    let rest = peers(&suite, Some(key), Some(u32::MAX));
    assert_eq!((rest.len(), rest[0].source.clone()), (1, Some(suite.source())));

    let jobs: Vec<u64> = (0..3).map(|word| suite.settled([word; 4], &["node-1", "node-2"])).collect();
    for job_id in &jobs {
        suite.attest(*job_id).unwrap();
    }
    let page = |start_after, limit| {
        let query = QueryMsg::Attestations { source: suite.source(), start_after, limit };
        let page: Vec<AttestationResponse> = suite.suite.query(&suite.receiver, &query);
        page.into_iter().map(|attestation| attestation.job_id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, Some(2)), jobs[..2]);
    assert_eq!(page(Some(jobs[1]), None), jobs[2..]);
    let other = Source { chain_id: "another-1".into(), ..suite.source() };
    let query = QueryMsg::Attestations { source: other, start_after: None, limit: None };
    assert_eq!(suite.suite.query::<Vec<AttestationResponse>>(&suite.receiver, &query), []);
}

#[test]
fn the_same_contract_keeps_its_attestations_when_it_is_migrated() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled([1, 2, 3, 4], &["node-1", "node-2"]);
    suite.attest(job_id).unwrap();
    let (owner, receiver) = (suite.suite.owner.clone(), suite.receiver.clone());
    let code_id = suite.suite.app.store_code(code());
    suite.suite.app.migrate_contract(owner, receiver, &MigrateMsg {}, code_id).unwrap();
    assert!(suite.attestation(job_id).is_some());
}

#[test]
fn another_contracts_state_is_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let other = token::instantiate(&mut suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let code_id = suite.app.store_code(code());
    let result = suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}

/// The attack: an owner allows a peer of its own, which says that jobs were settled with other people's deposits.
#[test]
fn a_peer_is_allowed_after_a_delay_that_anybody_can_watch_and_removed_at_once() {
    use bithive_api::delay::limits;
    let mut suite = AttestationsSuite::without_channel();
    let (stranger, receiver) = (suite.suite.account("stranger"), suite.receiver.clone());
    suite.suite.advance(limits::SETUP_SECONDS);
    suite.tell_receiver(&ExecuteMsg::AllowPeer(peer("connection-1", "wasm.a"))).unwrap();
    assert_eq!(peers(&suite, None, None), []);
    let apply = ExecuteMsg::ApplySetting { id: 1 };
    assert!(suite.suite.execute(&stranger, &receiver, &apply).is_err());
    suite.suite.advance(limits::DELAY_SECONDS);
    suite.suite.execute(&stranger, &receiver, &apply).unwrap();
    assert_eq!(peers(&suite, None, None), [peer("connection-1", "wasm.a")]);
    let remove = ExecuteMsg::RemovePeer { connection_id: "connection-1".into(), port_id: "wasm.a".into() };
    suite.tell_receiver(&remove).unwrap();
    assert_eq!(peers(&suite, None, None), []);
}
