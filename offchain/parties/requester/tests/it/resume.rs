//! What a requester knows of its jobs after it was killed in the middle of posting one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bithive_api::jobs::{self, Phase, Terms};
use bithive_api::registry::ExecuteMsg;
use bithive_blindmatch::vault::Vault;
use bithive_chain::{Chain, Wallet};
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_exchange::Exchange;
use bithive_local::fork;
use bithive_requester::{Following, Requester, RequesterError};
use serde_json::json;

use crate::flaky::FlakyChain;
use crate::town::{PRICE, Town, WINDOW};

/// More losses than anything tries again.
const ALWAYS: usize = 1_000;

impl Town {
    /// As [`Town::requester`], on this chain and exchange.
    pub async fn requester_on(&mut self, chain: Arc<dyn Chain>, exchange: Arc<dyn Exchange>) -> Requester {
        let client = Client::new(chain.clone(), self.local.client.deployment().clone());
        let state = self.requester_state.clone();
        let tags = TagSource::new(client.clone(), exchange.clone(), self.local.schema.clone(), state.clone());
        let account = Account::new(client, Wallet::connect(chain, self.requester_key.clone()).await.unwrap());
        let group = (self.local.crs.clone(), self.local.groups);
        Requester::new(account, exchange, tags, state, group, fork(&mut self.rng)).unwrap()
    }

    pub async fn requester_over(&mut self, chain: &Arc<FlakyChain>) -> Requester {
        let exchange = self.local.exchange(self.requester_endpoint);
        self.requester_on(chain.clone(), exchange).await
    }
}

#[tokio::test]
async fn a_job_is_found_again_though_nobody_heard_that_it_was_posted() {
    let mut town = Town::with_nodes(3).await;
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose_answer.store(ALWAYS, Ordering::SeqCst);
    let exclude = BTreeSet::from([town.nodes[0].address.clone()]);
    let following = Following { exclude, claims: Some(2), ..Following::default() };
    let spec = town.spec();
    let mut requester = town.requester_over(&chain).await;
    drop(requester.post_as(&spec, &following).await);
    drop(requester);
    assert_eq!(town.local.client.totals().await.unwrap().jobs, 1);

    let again = town.requester().await;
    assert_eq!(again.begun().unwrap(), 1);
    for _ in 0..2 {
        let unfinished = again.unfinished().await.unwrap();
        assert_eq!(unfinished.len(), 1);
        assert_eq!((unfinished[0].job_id, &unfinished[0].following), (1, &following));
    }
    assert_eq!(again.following(1).await.unwrap(), following);
    // Its secrets are there: the job goes on to its end.
    drop(again);
    town.live_all().await;
    let mut requester = town.requester().await;
    assert!(requester.collect().await.unwrap().refused.is_empty());
    assert_eq!(requester.claims(1).await.unwrap().len(), 3);
    requester.ended(1).await.unwrap();
    assert_eq!(requester.begun().unwrap(), 0);
    assert_eq!(requester.following(1).await.unwrap(), Following::default());
}

/// Whether nobody heard that it was posted, its records are there, or they are gone: the chain has one job for a name.
#[tokio::test]
async fn a_job_is_posted_once_for_a_name_however_often_it_is_asked_for() {
    let mut town = Town::empty().await;
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose_answer.store(ALWAYS, Ordering::SeqCst);
    let (spec, following) = (town.spec(), Following::default());
    let mut requester = town.requester_over(&chain).await;
    assert_eq!(requester.posted_once("study").await.unwrap(), None);
    drop(requester.post_once("study", &spec, &following).await);
    drop(requester);
    let mut again = town.requester().await;
    for _ in 0..2 {
        assert_eq!(again.post_once("study", &spec, &following).await.unwrap(), 1);
    }
    assert_eq!(town.local.client.totals().await.unwrap().jobs, 1);
    assert_eq!(again.post_once("other", &spec, &following).await.unwrap(), 2);
    // As after the end of a job, and where a node has forgotten its transaction.
    let under_way = town.requester_state.names("under-way/").unwrap();
    town.requester_state.remove_all(&under_way).unwrap();
    assert_eq!(again.begun().unwrap(), 0);
    assert_eq!(again.post_once("study", &spec, &following).await.unwrap(), 1);
    assert_eq!(town.local.client.totals().await.unwrap().jobs, 2);
}

#[tokio::test]
async fn a_post_that_never_arrived_is_sent_again_once() {
    let mut town = Town::empty().await;
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose.store(ALWAYS, Ordering::SeqCst);
    let spec = town.spec();
    town.requester_over(&chain).await.post(&spec).await.unwrap_err();
    assert_eq!(town.local.client.totals().await.unwrap().jobs, 0);
    for _ in 0..2 {
        assert_eq!(town.requester().await.unfinished().await.unwrap().len(), 1);
        assert_eq!(town.local.client.totals().await.unwrap().jobs, 1);
    }
    assert_eq!(town.local.client.job(1).await.unwrap().escrow.u128(), 3 * PRICE);
}

#[tokio::test]
async fn a_post_that_can_never_arrive_is_no_job_under_way() {
    let mut town = Town::empty().await;
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose.store(ALWAYS, Ordering::SeqCst);
    let spec = town.spec();
    town.requester_over(&chain).await.post(&spec).await.unwrap_err();
    // Another transaction of the account takes the place of the one that is signed.
    let endpoint = town.requester_endpoint.0;
    let relay = ExecuteMsg::SetRelay { endpoint: (&endpoint).into(), relay: None };
    town.requester_account().await.registry(&relay).await.unwrap();
    assert!(town.requester().await.unfinished().await.unwrap().is_empty());
    assert_eq!(town.requester().await.begun().unwrap(), 0);
    // A node that has forgotten a transaction answers the same: what opens the job's output stays.
    assert_eq!(town.requester_state.names("vault/").unwrap().len(), 1);
    assert_eq!(town.local.client.totals().await.unwrap().jobs, 0);
}

/// A job that was open when the program was upgraded: nobody claims it, and its requester is told what helps.
#[tokio::test]
async fn a_job_of_an_earlier_version_is_named_as_that_and_its_records_go_once_it_is_refunded() {
    let mut town = Town::empty().await;
    let former = include_str!("../../../../../packages/blindmatch/tests/vectors/vault_version_2.hex");
    let former = hex::decode(former.trim()).unwrap();
    let now = town.local.client.chain().info().await.unwrap().time.seconds();
    let terms = Terms {
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
    };
    town.requester_account().await.post_job(&former, terms, 3 * PRICE).await.unwrap();
    // As that version had them, by the digest of its vault: without a salt.
    let name = format!("vault/{}", hex::encode(Vault::digest_of(&former)));
    let (key, other) = (vec![1u8; 32], vec![2u8; 32]);
    let secrets = json!({ "match_key": key, "requester_key": other, "policy": [3], "rows": [4] });
    town.requester_state.put(&name, &secrets).unwrap();

    let requester = town.requester().await;
    let error = requester.following(1).await.unwrap_err();
    assert!(matches!(error, RequesterError::OtherVersion { job_id: 1, found: 2, expected: 4 }), "{error}");
    assert!(error.to_string().contains("`bithive job cancel 1` gives its escrow back"), "{error}");
    assert!(requester.unfinished().await.unwrap().is_empty());
    drop(requester);
    town.requester_account().await.jobs(&jobs::ExecuteMsg::Cancel { job_id: 1 }).await.unwrap();
    let requester = town.requester().await;
    assert_eq!(requester.withdraw().await.unwrap(), 3 * PRICE);
    assert_eq!(requester.following(1).await.unwrap(), Following::default());
    requester.ended(1).await.unwrap();
    assert!(town.requester_state.names("vault/").unwrap().is_empty());
}

#[tokio::test]
async fn a_requester_knows_nothing_of_the_jobs_of_others() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.post().await.job_id;
    let (account, endpoint) = town.another_requester().await;
    let exchange = town.local.exchange(endpoint);
    let state = bithive_state::State::in_memory().unwrap();
    let tags = town.local.tags(&exchange, &state);
    let group = (town.local.crs.clone(), town.local.groups);
    let other = Requester::new(account, exchange, tags, state, group, fork(&mut town.rng)).unwrap();
    for refused in [other.following(job_id).await.map(drop), other.ended(job_id).await] {
        assert!(matches!(refused, Err(RequesterError::NotOurs { job_id: named }) if named == job_id));
    }
    assert!(other.unfinished().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_overdue_job_is_closed_by_its_requester_and_the_escrow_comes_back() {
    let mut town = Town::empty().await;
    let address = town.requester_key.address().to_owned();
    let before = town.local.client.balance(&address).await.unwrap();
    let job_id = town.post().await.job_id;
    let requester = town.requester().await;
    assert!(!requester.advance(job_id).await.unwrap(), "not before its deadline");
    assert_eq!(requester.withdraw().await.unwrap(), 0);
    let now = async |town: &Town| town.local.client.chain().info().await.unwrap().time.seconds();
    assert!(!bithive_requester::is_overdue(&town.job(job_id).await, now(&town).await));
    town.local.chain.advance_time(WINDOW + 1).await.unwrap();
    assert!(bithive_requester::is_overdue(&town.job(job_id).await, now(&town).await));
    assert!(requester.advance(job_id).await.unwrap());
    assert!(!requester.advance(job_id).await.unwrap(), "once");
    assert_eq!(town.phase(job_id).await, Phase::Refunded);
    assert!(!bithive_requester::is_overdue(&town.job(job_id).await, u64::MAX));
    assert_eq!(requester.withdraw().await.unwrap(), 3 * PRICE);
    assert_eq!(town.local.client.balance(&address).await.unwrap(), before);
    requester.ended(job_id).await.unwrap();
    for prefix in ["vault/", "under-way/"] {
        assert_eq!(town.requester_state.names(prefix).unwrap(), [""; 0]);
    }
    town.assert_books_balance().await;
}
