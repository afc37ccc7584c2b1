//! What strangers post, and services that fail.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bithive_api::jobs::{Phase, Split, Terms};
use bithive_api::{jobs, registry};
use bithive_blindmatch::vault::Vault;
use bithive_chain::{Chain, Wallet};
use bithive_client::{Account, Client};
use bithive_contracts::{Code, Contract};
use bithive_node::{Contributor, NodeError, Report};

use crate::flaky::FlakyExchange;
use crate::town::{PRICE, Town, WINDOW, attributes};

async fn terms(town: &Town) -> Terms {
    let now = town.local.chain.info().await.unwrap().time.seconds();
    Terms {
        workers: 3,
        quorum: 2,
        tolerance: 0,
        dimensions: 1,
        price: PRICE.into(),
        assign_by: now + WINDOW,
        commit_seconds: WINDOW,
        reveal_seconds: WINDOW,
        finalize_seconds: WINDOW,
        model: (&[1; 32]).into(),
        model_owner: None,
        data_owner: None,
    }
}

async fn post(town: &Town, vault: &[u8]) {
    let terms = terms(town).await;
    town.requester_account().await.post_job(vault, terms, 3 * PRICE).await.unwrap();
}

#[tokio::test]
async fn a_malformed_vault_stops_nobody() {
    let mut town = Town::with_nodes(3).await;
    let vault = town.post().await.vault;
    for bad in [vec![0], vec![0xff; 300], vault[..vault.len() - 1].to_vec(), [&vault[..], &[0]].concat()] {
        post(&town, &bad).await;
    }
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    let failures = town.nodes[0].log.failures();
    assert_eq!(failures.len(), 4, "{failures:?}");
    assert!(failures.iter().all(|(_, retries)| !retries));
    town.assert_books_balance().await;
}

/// A job that was open when the programs were upgraded.
#[tokio::test]
async fn a_vault_of_an_earlier_version_is_named_as_that_and_its_job_ends_with_the_refund() {
    let mut town = Town::with_nodes(3).await;
    let former = include_str!("../../../../../packages/blindmatch/tests/vectors/vault_version_2.hex");
    post(&town, &hex::decode(former.trim()).unwrap()).await;
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled, "other jobs go on");
    for node in &town.nodes {
        let (reason, retries) = node.log.failure();
        assert!(reason.contains("vault: version 2 is not supported, expected 4") && !retries, "{reason}");
        assert_eq!(node.log.count(|report| matches!(report, Report::Claimed { job_id: 1, .. })), 0);
    }
    let owed = || town.local.client.claimable(town.requester_key.address());
    let before = owed().await.unwrap();
    town.let_pass(1, WINDOW + 1).await;
    assert_eq!((town.phase(1).await, owed().await.unwrap()), (Phase::Refunded, before + 3 * PRICE));
}

#[tokio::test]
async fn a_vault_of_an_epoch_that_is_not_answered_is_not_asked_for() {
    let mut town = Town::with_nodes(1).await;
    let vault = town.post().await.vault;
    let epoch = town.local.client.committee().await.unwrap().epoch;
    for other in [0, epoch - 2, epoch + 1, u64::MAX] {
        let mut vault = vault.clone();
        vault[1..9].copy_from_slice(&other.to_be_bytes());
        post(&town, &vault).await;
    }
    town.live(0).await;
    let failures = town.nodes[0].log.failures();
    assert_eq!(failures.len(), 4, "{failures:?}");
    assert!(failures.iter().all(|(reason, retries)| reason.contains("epoch") && !retries), "{failures:?}");
}

#[tokio::test]
async fn events_of_another_market_are_ignored() {
    let mut town = Town::with_nodes(1).await;
    let deployment = town.local.client.deployment().clone();
    let message = jobs::InstantiateMsg {
        token: deployment.token().to_owned(),
        registry: deployment.registry().to_owned(),
        treasury: deployment.treasury.clone(),
        incentive_pool: deployment.incentive_pool.clone(),
        split: Split { worker: 10_000, model_owner: 0, data_owner: 0, treasury: 0, incentive_pool: 0 },
        slash_amount: 1u128.into(),
    };
    let chain: Arc<dyn Chain> = Arc::new(town.local.chain.clone());
    let wallet = Wallet::connect(chain.clone(), town.requester_key.clone()).await.unwrap();
    let other = wallet.instantiate(Code::Jobs.id(), &message, "jobs", None).await.unwrap().contract;
    assert_ne!(other, deployment.jobs());
    // A job 1 here: the other market's job 1 is not looked up in its place.
    let vault = town.post().await.vault;
    town.live(0).await;
    let seen = town.nodes[0].log.all().len();
    let account = Account::new(Client::new(chain, deployment.with([(Contract::Jobs, other)])), wallet);
    for _ in 0..3 {
        account.post_job(&vault, terms(&town).await, 3 * PRICE).await.unwrap();
    }
    town.live(0).await;
    assert_eq!(town.nodes[0].log.all().len(), seen);
}

#[tokio::test]
async fn a_committee_that_does_not_answer_is_asked_again() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.post().await.job_id;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    let setup = town.setup_with(0, Arc::new(town.local.chain.clone()), exchange.clone()).await;
    let mut node = Contributor::new(setup, town.nodes[0].from_height).await.unwrap();
    exchange.mute.store(true, Ordering::SeqCst);
    node.catch_up().await.unwrap();
    assert!(town.nodes[0].log.failure().1, "it tries again");
    exchange.mute.store(false, Ordering::SeqCst);
    town.local.chain.produce_block().await.unwrap();
    node.catch_up().await.unwrap();
    assert_eq!(town.nodes[0].log.count(|report| *report == Report::VaultTried { job_id, opened: true }), 1);
}

#[tokio::test]
async fn an_account_that_is_no_node_can_not_start_one() {
    let mut town = Town::with_nodes(1).await;
    town.node_account(0).await.registry(&registry::ExecuteMsg::Unbond {}).await.unwrap();
    // Leaving is no reason to stop: a job may still be open.
    town.start(0).await;
    let mut setup = town.setup(0).await;
    setup.account = town.requester_account().await;
    let refused = Contributor::new(setup, 1).await.err().unwrap();
    assert!(matches!(refused, NodeError::NotRegistered(address) if address == town.requester_key.address()));
}

/// The attack: somebody overwrites the endpoint in a vault, so that nodes which qualify claim to it and are read.
#[tokio::test]
async fn a_vault_that_a_stranger_posts_as_its_own_is_claimed_by_nobody() {
    let mut town = Town::with_nodes(1).await;
    let vault = town.post().await.vault;
    let (stranger, endpoint) = town.another_requester().await;
    let decoded = Vault::decode(&vault).unwrap();
    let at = vault.windows(32).position(|window| window == decoded.endpoint()).unwrap();
    let mut own = vault.clone();
    own[at..at + 32].copy_from_slice(&endpoint.0);
    for vault in [&vault, &own] {
        stranger.post_job(vault, terms(&town).await, 3 * PRICE).await.unwrap();
    }
    town.live(0).await;
    let log = &town.nodes[0].log;
    assert_eq!(log.count(|report| matches!(report, Report::Claimed { job_id, .. } if *job_id != 1)), 0);
    assert_eq!(log.count(|report| matches!(report, Report::VaultTried { opened: true, .. })), 1);
    // With its own endpoint the vault opens for nobody; as it is, it names an endpoint that the poster has not.
    assert_eq!(log.count(|report| matches!(report, Report::VaultTried { opened: false, .. })), 1);
    let (reason, retries) = log.failure();
    assert!(reason.contains("has registered") && !retries, "{reason}");
}

#[tokio::test]
async fn a_node_with_other_attributes_than_it_has_registered_opens_nothing_and_goes_on_with_its_jobs() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.nodes[0].attributes = attributes(&town.local, 80, "eu");
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.nodes[0].log.count(|report| matches!(report, Report::Revealed { .. })), 1);
    let later = town.post().await.job_id;
    town.live(0).await;
    let (reason, retries) = town.nodes[0].log.failure();
    assert!(reason.contains("another commitment to attributes") && !retries, "{reason}");
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id, .. } if *job_id == later);
    assert_eq!(town.nodes[0].log.count(tried), 0);
}
